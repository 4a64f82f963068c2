"""How `framing serve` and the gate listen: uvicorn, with limits to connections and to the time of a request that uvicorn has not."""

from __future__ import annotations

import asyncio
import socket
from pathlib import Path
from typing import TYPE_CHECKING, Any

import uvicorn
from h11 import DONE, MUST_CLOSE
from uvicorn.protocols.http.h11_impl import H11Protocol

from schemas.errors import FramingError

if TYPE_CHECKING:
    from starlette.types import ASGIApp

__all__ = ["listen", "make_server"]

# At more connections than this the oldest that is not being answered is closed. A request, head and body, must be here in time.
CONNECTIONS, REQUEST_SECONDS = 128, 30.0
_BACKLOG = 2048


class _Connection(H11Protocol):
    _due: asyncio.TimerHandle | None = None
    _begun = 0.0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        if len(self.connections) >= CONNECTIONS:
            waiting = [other for other in self.connections if isinstance(other, _Connection) and not other._is_answered()]
            if waiting:
                min(waiting, key=lambda other: other._begun)._abort()
        self._begun = self.loop.time()
        super().connection_made(transport)
        self._expect()

    def data_received(self, data: bytes) -> None:
        self._expect()
        super().data_received(data)
        if self.conn.their_state in (DONE, MUST_CLOSE):
            self._forget()

    def connection_lost(self, exc: Exception | None) -> None:
        self._forget()
        super().connection_lost(exc)

    def _is_answered(self) -> bool:
        """Whether a whole request has come, and its answer is not yet sent."""
        return self.cycle is not None and not self.cycle.more_body and not self.cycle.response_complete

    def _expect(self) -> None:
        if self._due is None:
            self._due = self.loop.call_later(REQUEST_SECONDS, self._abort)

    def _forget(self) -> None:
        if self._due is not None:
            self._due.cancel()
            self._due = None

    def _abort(self) -> None:
        self.connections.discard(self)
        self.transport.abort()


def listen(host: str, port: int) -> socket.socket:
    """A socket that listens there. FramingError if it cannot."""
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        listener = socket.create_server((host, port), family=family, backlog=_BACKLOG)
        # Its connections have this from it. Without it the end of an answer in parts waits for the visitor's word that its beginning came.
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return listener
    except (OSError, UnicodeError) as error:
        reason = (error.strerror if isinstance(error, OSError) else None) or "it is no host"
        raise FramingError(f"cannot listen here ({reason})", f"{host}:{port}", "Choose another --host or --port") from error


def make_server(application: ASGIApp, certificate: tuple[Path, Path] | None = None) -> uvicorn.Server:
    """A server for `run(sockets=[...])`. Nothing is logged but its own failures: what is asked must never be. With a certificate, which is the
    file of its chain and that of its key, it speaks TLS alone."""
    settings: dict[str, Any] = {"log_level": "error", "access_log": False, "server_header": False, "lifespan": "auto", "ws": "none"}
    if certificate is not None:
        # A browser that keeps a connection for later does not say that it has seen the end of TLS: nobody waits for that.
        settings |= {"ssl_certfile": certificate[0], "ssl_keyfile": certificate[1], "timeout_graceful_shutdown": 3}
    return uvicorn.Server(uvicorn.Config(application, http=_Connection, backlog=_BACKLOG, proxy_headers=False, **settings))
