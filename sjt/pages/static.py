"""Static files under ``/static/<hash of the tree>/``: cached for good, and a change gives new addresses.

They are compressed once, when the application is made; a page itself is not (its size would tell of its tokens).
"""

from __future__ import annotations

import gzip
import hashlib
import mimetypes
from pathlib import Path

from flask import Flask, Response, request, send_from_directory, url_for
from werkzeug.exceptions import NotFound

from sjt.db import ROOT
from sjt.pages.guard import public

FOLDER = ROOT / "static"


def tree_hash(folder: Path) -> str:
    """One hash over the names and contents of all files of a folder."""
    digest = hashlib.sha256()
    for path in sorted(p for p in folder.rglob("*") if p.is_file()):
        digest.update(str(path.relative_to(folder)).encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:16]


def compressed(folder: Path) -> dict[str, bytes]:
    """Each file by its name in the tree, in gzip's form without a time in it."""
    return {
        path.relative_to(folder).as_posix(): gzip.compress(path.read_bytes(), mtime=0)
        for path in folder.rglob("*")
        if path.is_file()
    }


def register(app: Flask) -> None:
    """Serve the tree, and give templates ``static_url('css/main.css')``."""
    tree, packed = tree_hash(FOLDER), compressed(FOLDER)

    @public("style sheets and scripts hold no content")
    def file(tree_: str, name: str) -> Response:
        if tree_ != tree:
            raise NotFound
        if name in packed and request.accept_encodings.quality("gzip"):
            response = Response(packed[name], mimetype=mimetypes.guess_type(name)[0])
            response.headers["Content-Encoding"] = "gzip"
        else:
            response = send_from_directory(FOLDER, name)
        response.headers["Vary"] = "Accept-Encoding"
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
        return response

    app.add_url_rule("/static/<tree_>/<path:name>", "static", file)
    app.jinja_env.globals["static_url"] = lambda name: url_for("static", tree_=tree, name=name)
