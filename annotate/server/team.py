"""A lab's server: its database, Label Studio, and the gate before it, started and stopped together."""

from __future__ import annotations

import ipaddress
import json
import socket
import ssl
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from annotate.server.certificates import Certificate, check_certificate, prepare_certificate
from annotate.server.credentials import write_private
from annotate.server.database import SQLITE, Database, read_database, remember_database
from annotate.server.embedded import Server, server_status, stop_server
from annotate.server.logs import open_log
from annotate.server.postgres import check_database, is_running, make_cluster
from annotate.server.processes import launch, note_own, read_process, wait_for
from annotate.server.service import start_server
from schemas.errors import FramingError
from schemas.files import lock_file
from schemas.parsing import read_json

__all__ = [
    "EVERYWHERE",
    "PORT",
    "Team",
    "Way",
    "gate_runs",
    "is_local",
    "keep_running",
    "prepare_team",
    "read_way",
    "settle_certificate",
    "start_team",
    "stop_team",
]

PORT, EVERYWHERE = 8443, "0.0.0.0"  # noqa: S104 - a lab's server is there for others; who comes in, the gate decides
_FILE, _LOCK, _LOG = "team.json", "team.lock", "gate-process.log"
_GATE, _WATCH = "gate-process.json", "watch-process.json"
SECONDS, WATCH_SECONDS, STOP_SECONDS = 60.0, 2.0, 60.0


@dataclass(frozen=True)
class Way:
    """How people reach the gate: the `host` and `port` at which it listens, the `name` by which they call it, and the certificate it shows (the
    toolkit's own where none was given)."""

    host: str
    port: int
    name: str
    certificate: str
    key: str

    @property
    def public(self) -> str:
        """The address that people open."""
        name = f"[{self.name}]" if ":" in self.name else self.name
        return f"https://{name}" if self.port == 443 else f"https://{name}:{self.port}"

    @property
    def is_reachable(self) -> bool:
        """Whether anybody but this machine can open it."""
        return not is_local(f"//[{self.host}]" if ":" in self.host else f"//{self.host}")


@dataclass(frozen=True)
class Team:
    """A lab's server that runs: Label Studio behind it, the way in, and the SHA-256 fingerprint of its certificate."""

    server: Server
    way: Way
    fingerprint: str


def prepare_team(data: Path, database: str | None, way: Way | None) -> tuple[Way, Certificate]:
    """Settle which database the folder's server has, and how people reach it; both are kept for the next start, at which nothing need be said.

    Without an address of a `database` a folder gets a cluster of its own. FramingError where the folder's work is in another database already.
    """
    settled = read_database(data)
    if settled.url is None and (data / SQLITE).exists():
        raise FramingError("the work in this folder is in SQLite, which is for one person", data, "Move it first: `framing labelstudio move`")
    if database is not None:
        wanted = Database(data, database)
        if settled.url is not None and (settled.own or settled.parts != wanted.parts):
            raise FramingError(f"the work of this folder is in {settled.shown}", wanted.shown, "Leave out --database, or use another --data")
        check_database(wanted)
        remember_database(wanted)
    elif settled.url is None:
        make_cluster(data)
    way = way or read_way(data)
    if way is None:
        raise FramingError("nothing says how people reach it", data, "Name a --name, under which they can")
    certificate = settle_certificate(data, way)
    write_private(data / _FILE, json.dumps(asdict(way) | {"public": way.public}, indent=2))
    return way, certificate


def settle_certificate(data: Path, way: Way) -> Certificate:
    """The certificate that the gate shows: the one that was given, or one of the toolkit's own, made anew where it expires soon."""
    if way.certificate:
        return check_certificate(Path(way.certificate), Path(way.key))
    return prepare_certificate(data, way.name, [] if _is_any(way.host) else [way.host])


def start_team(data: Path, database: str | None = None, way: Way | None = None, progress: Callable[[str], None] = lambda message: None) -> Team:
    """Start all of it, or find it running; returns once the gate answers. Two at once wait for each other."""
    data.mkdir(parents=True, exist_ok=True)
    with lock_file(data / _LOCK):
        way, certificate = prepare_team(data, database, way)
        try:
            server = start_server(data, progress)
            _ensure_gate(data, [asdict(way), server.address, certificate.fingerprint], progress)
        except KeyboardInterrupt:
            _stop_all(data)
            raise
    return Team(server, way, certificate.fingerprint)


def _ensure_gate(data: Path, begun: list[Any], progress: Callable[[str], None]) -> None:
    """Start the gate, or find it running; one that was `begun` for another way in, server or certificate is ended first."""
    gate = read_process(data / _GATE)
    if gate is not None and gate.running and gate.more.get("begun") == begun:
        return
    if gate is not None:
        gate.stop()
    _start_gate(data, begun, progress)


def _start_gate(data: Path, begun: list[Any], progress: Callable[[str], None]) -> None:
    way, log = Way(**begun[0]), data / _LOG
    with socket.socket(socket.AF_INET6 if ":" in way.host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((way.host, way.port))
        except OSError as error:
            raise FramingError(f"cannot listen here ({error.strerror})", f"{way.host}:{way.port}", "Choose another --bind or --port") from error
    with open_log(log, anew=True) as file:
        gate = launch([sys.executable, "-m", "annotate.server.gate", str(data.absolute())], data / _GATE, file, begun=begun)
    try:
        wait_for(
            gate, "the gate", lambda: _answers(way), log, SECONDS, lambda waited: progress(f"waiting for the gate at {way.public}, {waited:.0f} s")
        )
    except FramingError:
        gate.stop()
        raise


def keep_running(data: Path, *, team: bool, ended: threading.Event) -> None:
    """Start again whatever ends, until `ended` is set: Label Studio, and with a `team` the gate. Who stops the server ends this process first."""
    note_own(data / _WATCH)
    try:
        while not ended.wait(WATCH_SECONDS):
            server, database = server_status(data), read_database(data)
            stands = server is not None and server.running and (not database.own or is_running(data))
            if team and not (stands and gate_runs(data)):
                start_team(data)
            elif not stands:
                start_server(data)
    finally:
        (data / _WATCH).unlink(missing_ok=True)


def stop_team(data: Path) -> bool:
    """Stop whoever would start it again, the gate, the server and the database, in this order. False if nothing ran."""
    watch = read_process(data / _WATCH)
    # It stops all the others by itself, if it has the time.
    watched = watch is not None and watch.stop(STOP_SECONDS)
    return _stop_all(data) or watched


def _stop_all(data: Path) -> bool:
    gate = read_process(data / _GATE)
    stopped = gate is not None and gate.stop()
    return stop_server(data) or stopped


def read_way(data: Path) -> Way | None:
    """How people reach this folder's gate; None if it never had one."""
    path = data / _FILE
    try:
        found = read_json(path)
        return Way(**{name: found[name] for name in ("host", "port", "name", "certificate", "key")})
    except FileNotFoundError:
        return None
    except (KeyError, TypeError) as error:
        raise FramingError("is damaged", path, "Delete it, and start again with --team, --name and --port") from error


def is_local(address: str) -> bool:
    """Whether this machine alone can open an address."""
    host = urlsplit(address).hostname or ""
    with suppress(ValueError):
        return ipaddress.ip_address(host).is_loopback
    return host == "localhost"


def gate_runs(data: Path) -> bool:
    """Whether this folder's gate is at work."""
    gate = read_process(data / _GATE)
    return gate is not None and gate.running


def _answers(way: Way) -> bool:
    """Whether something speaks TLS there: what it shows is for those who come."""
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    host = ("::1" if ":" in way.host else "127.0.0.1") if _is_any(way.host) else way.host
    with suppress(OSError), socket.create_connection((host, way.port), timeout=2) as plain, context.wrap_socket(plain):
        return True
    return False


def _is_any(host: str) -> bool:
    return host in (EVERYWHERE, "::")
