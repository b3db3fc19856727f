"""A way to PostgreSQL that breaks when a test wants it: before a statement, or between its commit and its answer."""

import contextlib
import socket
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from sqlalchemy import make_url

_READY = b"Z\x00\x00\x00\x05I"
"""How the server says that it waits for the next statement, outside of any transaction."""


@dataclass
class _Loss:
    """Where the connection breaks: at a statement that contains `text`; with `tag`, once it was done."""

    text: bytes
    tag: bytes | None


@dataclass
class LossyProxy:
    """Forwards connections; `breaks` counts those that it has broken."""

    target: str
    listener: socket.socket = field(default_factory=lambda: socket.create_server(("127.0.0.1", 0)))
    breaks: int = 0
    _next: _Loss | None = None

    def lose_answer(self, text: str, tag: str) -> None:
        """Break the connection between the next such statement's end, as `tag` tells it, and its answer."""
        self._next = _Loss(text.encode(), tag.encode() + b"\x00")

    def lose_statement(self, text: str) -> None:
        """Break the connection before the next such statement reaches the server."""
        self._next = _Loss(text.encode(), None)

    @property
    def url(self) -> str:
        """The database's URL by way of this proxy."""
        url = make_url(self.target)
        here = url.set(host="127.0.0.1", port=self.listener.getsockname()[1], query={})
        return here.render_as_string(hide_password=False)

    def serve(self) -> None:
        """Take connections until the listener is closed."""
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            _Connection(self, client, _connect(self.target)).start()

    def take(self, data: bytes) -> _Loss | None:
        """The loss that begins with this data, if one does; each happens once."""
        loss = self._next
        if loss is None or loss.text not in data:
            return None
        self._next = None
        return loss


class _Connection:
    def __init__(self, proxy: LossyProxy, client: socket.socket, server: socket.socket) -> None:
        self._proxy, self._client, self._server = proxy, client, server
        self._loss: _Loss | None = None

    def start(self) -> None:
        for pump in (self._ask, self._answer):
            threading.Thread(target=self._until_closed, args=(pump,), daemon=True).start()

    def _until_closed(self, pump: Callable[[], None]) -> None:
        with contextlib.suppress(OSError):
            pump()
        for end in (self._client, self._server):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()

    def _ask(self) -> None:
        while data := self._client.recv(65536):
            loss = self._proxy.take(data)
            if loss is not None and loss.tag is None:
                self._proxy.breaks += 1
                return
            self._loss = loss or self._loss
            self._server.sendall(data)

    def _answer(self) -> None:
        held = b""
        while data := self._server.recv(65536):
            held += data
            if self._loss is None or self._loss.tag is None or self._loss.tag not in held:
                self._client.sendall(held)
                held = b""
            elif held.endswith(_READY):
                self._proxy.breaks += 1
                return


def _connect(target: str) -> socket.socket:
    url = make_url(target)
    folder = url.query.get("host")
    if not isinstance(folder, str):
        return socket.create_connection((url.host or "127.0.0.1", url.port or 5432))
    made = socket.socket(socket.AF_UNIX)
    made.connect(f"{folder}/.s.PGSQL.{url.query.get('port', url.port or 5432)}")
    return made


@contextlib.contextmanager
def lossy(target: str) -> Iterator[LossyProxy]:
    """A proxy before a database, that ends with the block."""
    proxy = LossyProxy(target)
    thread = threading.Thread(target=proxy.serve, daemon=True)
    thread.start()
    try:
        yield proxy
    finally:
        proxy.listener.shutdown(socket.SHUT_RDWR)
        proxy.listener.close()
        thread.join()
