"""A proxy between browsers and a server that cuts connections: the server did its part, and nobody heard."""

from __future__ import annotations

import random
import re
import socket
import struct
import threading
from collections.abc import Callable

WAYS = ("request not all sent", "request delivered", "reply not begun", "reply half sent")


class Cutter:
    """Hands requests and replies on, one after the other, until it is told to cut."""

    def __init__(self, port: int) -> None:
        self._to = port
        self._listening = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.port = int(self._listening.getsockname()[1])
        self.cuts = 0
        self._due: list[tuple[str, float]] = []  # ways, each with how much gets through
        self._lock = threading.Lock()
        threading.Thread(target=self._accept, daemon=True).start()

    def cut(self, times: int, rng: random.Random) -> None:
        """Cut the next so many requests, each in some way."""
        with self._lock:
            self._due += [(rng.choice(WAYS), rng.random()) for _ in range(times)]

    def close(self) -> None:
        self._listening.close()

    def _accept(self) -> None:
        while True:
            try:
                browser, _ = self._listening.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(browser,), daemon=True).start()

    def _serve(self, browser: socket.socket) -> None:
        try:
            with browser, socket.create_connection(("127.0.0.1", self._to), timeout=20) as server:
                while self._hand_on(browser, server):
                    pass
        except OSError:
            return  # one of the two is gone, and so the other is let go

    def _hand_on(self, browser: socket.socket, server: socket.socket) -> bool:
        """One request and its reply; False when the connection is over."""
        request = _message(browser.recv)
        if not request:
            return False
        with self._lock:
            way, share = self._due.pop() if self._due else ("", 1.0)
        if way == "request not all sent":
            server.sendall(request[: int(len(request) * share)])
            return self._cut(browser)
        server.sendall(request)
        if way == "request delivered":
            return self._cut(browser)
        reply = _message(server.recv)
        if way == "reply not begun":
            return self._cut(browser)
        if way == "reply half sent":
            browser.sendall(reply[: max(1, int(len(reply) * share) - 1)])
            return self._cut(browser)
        browser.sendall(reply)
        return bool(reply)

    def _cut(self, browser: socket.socket) -> bool:
        """Reset, not closed: what a cable does."""
        browser.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        with self._lock:
            self.cuts += 1
        return False


def _message(receive: Callable[[int], bytes]) -> bytes:
    """One HTTP message with a Content-Length; empty when the other side has ended the connection."""
    message = b""
    while b"\r\n\r\n" not in message:
        part = receive(65_536)
        if not part:
            return b""
        message += part
    head, _, body = message.partition(b"\r\n\r\n")
    found = re.search(rb"(?im)^content-length:\s*(\d+)", head)
    missing = (int(found[1]) if found else 0) - len(body)
    while missing > 0:
        part = receive(65_536)
        if not part:
            return b""
        message, missing = message + part, missing - len(part)
    return message
