"""The floor behind the very server of the product: ``python -m benchmarks.serve_floor PORT``."""

from __future__ import annotations

import sys
from typing import Any

from sjt.cli.run import THREADS, Server, options

WORKERS = 2


class FloorServer(Server):
    """Our server with the other application in it."""

    def load(self) -> Any:
        """The floor, made in the worker."""
        from benchmarks.floor import app

        return app


if __name__ == "__main__":
    FloorServer(options(int(sys.argv[1]), WORKERS, THREADS)).run()
