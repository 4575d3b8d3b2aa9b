"""Static files under ``/static/<hash of the tree>/``: cached for good, and a change gives new addresses.

They are compressed once, when the application is made, without their comments and indents; a browser that takes no
gzip gets them as they are written. A page itself is not compressed: its size would tell of its tokens.
"""

from __future__ import annotations

import gzip
import hashlib
import mimetypes
import re
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


def lean(name: str, content: bytes) -> bytes:
    """A script or a sheet without comments, indents and empty lines. No text of ours runs over a line's end."""
    if not name.endswith((".js", ".css")):
        return content
    text = content.decode()
    if name.endswith(".css"):
        text = re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL)
    lines = (line.strip() for line in text.splitlines())
    return "\n".join(line for line in lines if line and not line.startswith("//")).encode()


def compressed(folder: Path) -> dict[str, bytes]:
    """Each file by its name in the tree, lean, in gzip's form without a time in it."""
    return {
        path.relative_to(folder).as_posix(): gzip.compress(lean(path.name, path.read_bytes()), mtime=0)
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
