"""The ``sjt`` command. Data goes to standard output, progress and faults to standard error."""

from __future__ import annotations

import sys

import click

from sjt.cli.bank import bank
from sjt.cli.evidence import evidence, verify
from sjt.cli.grade import grade
from sjt.cli.papers import papers
from sjt.cli.spec import spec
from sjt.services.files import BadFiles

RUNNING = ("serve", "sweep", "demo", "marking")


class Tool(click.Group):
    """A group that turns refusals into one clear line each and exit code 2.

    The commands that run a product load the server and the database, which the other tools do without.
    """

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted([*super().list_commands(ctx), *RUNNING])

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in RUNNING:
            return super().get_command(ctx, cmd_name)
        from sjt.cli import marking, run

        return {"marking": marking.marking, "serve": run.serve, "sweep": run.sweep, "demo": run.demo}[cmd_name]

    def invoke(self, ctx: click.Context) -> object:
        try:
            return super().invoke(ctx)
        except BadFiles as bad:
            for line in bad.lines:
                click.echo(line, err=True)
            sys.exit(2)


@click.group(cls=Tool, context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """Timed, invigilated situational judgement tests."""


for command in (spec, bank, papers, grade, verify, evidence):
    main.add_command(command)
