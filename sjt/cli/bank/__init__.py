"""``sjt bank``: banks of scenario files: checked, taken in, written out, listed, and looked after."""

from __future__ import annotations

import click

from sjt.cli.bank.check import check, today
from sjt.cli.bank.files import export_bank, import_bank
from sjt.cli.bank.health import health
from sjt.cli.bank.table import table

__all__ = ["bank", "today"]


@click.group()
def bank() -> None:
    """Item banks."""


for command in (check, import_bank, export_bank, health, table):
    bank.add_command(command)
