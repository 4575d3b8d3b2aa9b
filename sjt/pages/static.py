"""Static files under ``/static/<hash of the tree>/``: cached for good, and a change gives new addresses."""

from __future__ import annotations

import hashlib
from pathlib import Path

from flask import Flask, Response, send_from_directory, url_for
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


def register(app: Flask) -> None:
    """Serve the tree, and give templates ``static_url('css/main.css')``."""
    tree = tree_hash(FOLDER)

    @public("style sheets and scripts hold no content")
    def file(tree_: str, name: str) -> Response:
        if tree_ != tree:
            raise NotFound
        response = send_from_directory(FOLDER, name)
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
        return response

    app.add_url_rule("/static/<tree_>/<path:name>", "static", file)
    app.jinja_env.globals["static_url"] = lambda name: url_for("static", tree_=tree, name=name)
