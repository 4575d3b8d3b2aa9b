"""``sjt serve``, ``sjt sweep`` and ``sjt demo``: the commands that need settings and a database."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
from gunicorn.app.base import BaseApplication

from sjt.config import BadSettings, read_settings
from sjt.db import ROOT, migrate
from sjt.services import demo as demonstration
from sjt.services import outages, upkeep
from sjt.services.files import BadFiles
from sjt.services.product import Product, make_product

THREADS_EMBEDDED = 32
THREADS = 64


class Server(BaseApplication):  # type: ignore[misc]  # gunicorn ships no types
    """gunicorn with our settings, without a command line of its own."""

    def __init__(self, options: dict[str, Any]) -> None:
        self.options = options
        super().__init__()

    def load_config(self) -> None:
        """Take over the options."""
        for name, value in self.options.items():
            self.cfg.set(name, value)

    def load(self) -> Callable[..., Any]:
        """The application, made in the worker."""
        from gunicorn.util import import_app

        return import_app("wsgi:app")  # type: ignore[no-any-return]  # gunicorn ships no types


def options(port: int, workers: int, threads: int) -> dict[str, Any]:
    """How gunicorn serves here: on the loopback address, a thread for each request that is under way."""
    return {
        "bind": f"127.0.0.1:{port}",
        "workers": workers,
        "worker_class": "gthread",
        "threads": threads,
        "timeout": 120,
        "graceful_timeout": 10,
        "loglevel": "warning",
        "chdir": str(ROOT),
        "control_socket_disable": True,
    }


def run_server(port: int, workers: int, threads: int, ready: Callable[[], None]) -> None:
    """Serve until stopped; ``ready`` is called once the address answers."""

    def look_after(worker: Any) -> None:
        product = worker.app.callable.extensions["sjt"]
        product.rooms.serve_while(lambda: worker.alive)  # told to stop, it waits for no board
        upkeep.start(product)

    hooks = {"post_worker_init": look_after, "when_ready": lambda _server: ready()}
    Server(options(port, workers, threads) | hooks).run()


@click.command()
@click.option("--port", type=click.IntRange(1, 65535), envvar="PORT", default=8000, show_default=True)
def serve(port: int) -> None:
    """Serve the product described by the SJT_… environment; sweeps every 30 seconds."""
    settings = _settings()
    migrate(settings.database_url)
    threads = THREADS_EMBEDDED if settings.embedded else THREADS
    run_server(port, settings.workers, threads, lambda: click.echo(f"Serving on http://127.0.0.1:{port}"))


@click.command()
def sweep() -> None:
    """Write down which attempts are over by rule. Safe to run at any time, in any number of processes.

    Names the attempts that were not heard for a while in the last hour, and got nothing for it yet.
    """
    product = product_of_environment()
    click.echo(f"{upkeep.once(product)} closed")
    with product.database.reading() as conn:
        unheard = outages.lately(conn, product.clock.now())
    for ref, seconds in unheard:
        click.echo(f"{ref} not heard for {seconds} s")


@click.command()
@click.option("--port", type=click.IntRange(1, 65535), envvar="PORT", default=8000, show_default=True)
def demo(port: int) -> None:
    """Set up a demonstration on SQLite and serve it. Run again, it keeps what was done in it."""
    home = Path(os.environ.get("SJT_HOME", str(ROOT / "var"))).resolve()
    address = f"http://127.0.0.1:{port}"
    os.environ.update(demonstration.environment(home))
    os.environ.setdefault("SJT_PUBLIC_ORIGIN", address)
    migrate(os.environ["SJT_DATABASE_URL"])
    product = product_of_environment()
    guide = demonstration.set_up(product, demonstration.password(home))
    product.database.dispose()
    run_server(port, 1, THREADS_EMBEDDED, lambda: _print(demonstration.words(guide, address)))


def _print(lines: list[str]) -> None:
    for line in lines:
        click.echo(line)  # click flushes each line


def _settings() -> Any:
    try:
        return read_settings(os.environ)
    except BadSettings as bad:
        raise BadFiles(bad.lines) from bad


def product_of_environment() -> Product:
    """The product that the SJT_… environment describes; BadFiles names what is missing there."""
    return make_product(_settings())
