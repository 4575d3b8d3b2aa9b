"""Files out and in: an export for a purpose, and an import with every fault at once or a preview."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Response, make_response, request

from item_bank.exchange import open_bank, write_zip
from item_bank.sources import Fault, Place, one_line
from sjt.pages.bank.forms import LARGEST_UPLOAD, ConfirmForm, ExportForm, SpecForm, packed, unpacked, uploaded
from sjt.pages.bank.prepared import pages, prepared, prepared_by
from sjt.pages.guard import Desk, product, requires
from sjt.pages.replies import Reply, go, show
from sjt.rules.plan import Specification
from sjt.services import authoring, bank_files
from sjt.services.bank_files import AT_ONCE, ImportPlan, Letting
from sjt.stores import bank as stored
from sjt.stores.people import record
from sjt.words import say


@dataclass(frozen=True)
class Upload:
    """A file that came in and what it would do."""

    specification: Specification
    name: str
    data: bytes
    planned: ImportPlan

    @property
    def faults(self) -> list[tuple[str, str]]:
        """Every fault: where, and what."""
        return [(_place(fault.place), say(fault.code, fault.params)) for fault in self.planned.faults]


@pages.get("/files")
@requires("bank.files")
def files(desk: Desk) -> Reply:
    """Take a bank out as a file, or bring one in."""
    return _page()


# --------------------------------------------------------------------------------------------------------- out
def _pack() -> bytes | None:
    """The archive that was asked for, made while nobody waits; None when the form is not filled in."""
    form = ExportForm()
    if not form.validate():
        return None
    with product().database.reading() as conn:
        found = bank_files.exported(conn, form.spec.data, form.which.data)
    return write_zip(found) if found else b""


@pages.post("/files/export")
@prepared_by(_pack)
@requires("bank.files")
def export(desk: Desk) -> Reply:
    """Give out a bank as a .zip file. Who took it, when and what for is recorded first."""
    form = ExportForm()
    packed_up: bytes | None = prepared()
    if packed_up is None:
        form.validate()
        return _page(form, 400)
    if not packed_up:
        return go("bank.files", say("export.nothing"), "warning")
    spec, which = form.spec.data, form.which.data
    detail = {"purpose": form.purpose.data, "which": which}
    record(desk.conn, desk.person.id, bank_files.EXPORTED, "bank", spec, desk.now, **detail)
    return _attachment(packed_up, f"{spec}-{which}-{desk.now:%Y-%m-%d}.zip")


def _attachment(data: bytes, name: str) -> Response:
    response = make_response(data)
    response.headers["Content-Type"] = "application/zip"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


# ---------------------------------------------------------------------------------------------------------- in
def _from_file() -> Upload | None:
    file = uploaded()
    return _check(request.form.get("spec", ""), *file) if file else None


def _from_preview() -> Upload:
    form = ConfirmForm()
    bank_files.clear_left_over(product().database)
    return _check(form.spec.data or "", form.name.data or "", unpacked(form.content.data or ""))


def _check(spec: str, name: str, data: bytes) -> Upload:
    """Read a file and hold it against the bank. Takes seconds for a large one, and no transaction."""
    running = product()
    specification = authoring.specification(spec, running.clock.now())
    shown = one_line(name, 80)
    with running.database.reading() as conn:
        beside = stored.enemies_named(conn, specification.name)
    if len(data) > LARGEST_UPLOAD:
        fault = Fault(Place(shown, 1), "zip.too_large", {"limit": LARGEST_UPLOAD})
        return Upload(specification, shown, b"", ImportPlan(specification.name, faults=(fault,)))
    read = open_bank(data, specification.blueprint, shown, beside)
    with running.database.reading() as conn:
        return Upload(specification, shown, data, bank_files.plan(conn, read, specification.name))


@pages.post("/files/import")
@prepared_by(_from_file)
@requires("bank.files")
def preview(desk: Desk) -> Reply:
    """Check a file and show what it would do; nothing is changed yet."""
    upload: Upload | None = prepared()
    if upload is None:
        return _page(status=400, faults=[("File", say("import.missing"))])
    return _preview(upload)


@pages.post("/files/confirm")
@prepared_by(_from_preview)
@requires("bank.files")
def confirm(desk: Desk) -> Reply:
    """Do exactly what the preview showed; if that is not what would happen now, show the new preview."""
    upload: Upload = prepared()
    if upload.planned.faults or ConfirmForm().mark.data != upload.planned.mark:
        return _preview(upload, meanwhile=True)
    bank_files.put_in(desk.conn, upload.planned, Letting(desk.person.id), desk.now)
    added, changed = len(upload.planned.added), len(upload.planned.changed)
    words = say("import.done", added=added, changed=changed)
    return go("authoring.bank", words, spec=upload.specification.name)


def _preview(upload: Upload, *, meanwhile: bool = False) -> Reply:
    if upload.planned.faults:
        return _page(status=400, faults=upload.faults)
    values = {"spec": upload.specification.name, "name": upload.name, "content": packed(upload.data)}
    return show(
        "bank/preview.html",
        409 if meanwhile else 200,
        specification=upload.specification,
        planned=upload.planned,
        form=ConfirmForm(formdata=None, data={**values, "mark": upload.planned.mark}),
        meanwhile=meanwhile,
        too_many=len(upload.planned.coming) > AT_ONCE,
        limit=AT_ONCE,
    )


def _page(form: ExportForm | None = None, status: int = 200, faults: list[tuple[str, str]] | None = None) -> Reply:
    asked = {"spec": request.values.get("spec") or None}
    import_form = SpecForm(formdata=None, data=asked)
    import_form.spec.id = "import-spec"  # two forms of one page ask for the specification
    return show(
        "bank/files.html",
        status,
        export_form=form or ExportForm(formdata=None, data=asked),
        import_form=import_form,
        faults=faults or [],
        largest=LARGEST_UPLOAD,
        limit=AT_ONCE,
    )


def _place(place: Place) -> str:
    return f"{place.file}, line {place.line}"
