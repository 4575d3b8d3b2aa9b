"""The ``sjt`` command. Data goes to standard output, progress and faults to standard error."""

from __future__ import annotations

import sys

import click

from sjt.cli.bank import bank
from sjt.cli.grade import grade
from sjt.cli.papers import papers
from sjt.cli.run import demo, serve, sweep
from sjt.cli.spec import spec
from sjt.services.files import BadFiles


class Tool(click.Group):
    """A group that turns refusals into one clear line each and exit code 2."""

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


for command in (serve, demo, sweep, spec, bank, papers, grade):
    main.add_command(command)
