"""The embedded Label Studio: in its own environment, with its own data folder, on 127.0.0.1 only, calling nobody but `framing serve`."""

from __future__ import annotations

import contextlib
import ipaddress
import itertools
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from annotate.server import door
from annotate.server.credentials import Credentials, create_credentials, default_data_folder
from annotate.server.database import read_database
from annotate.server.locks import lock_machine
from annotate.server.logs import open_log, trim_log
from annotate.server.postgres import start_cluster, stop_cluster
from annotate.server.processes import damaged, launch, read_process, wait_for
from schemas.errors import FramingError
from schemas.files import lock_file

__all__ = [
    "LOCK_FILE",
    "VERSION",
    "Server",
    "environment",
    "executable",
    "forget_exports",
    "place_door",
    "running_address",
    "server_status",
    "start_server",
    "stop_server",
]

VERSION = "1.23.2"
# The server's 155 packages resolve as they did on this day; a release of one of them cannot break a start.
EXCLUDE_NEWER = "2026-11-15T00:00:00Z"
PYTHONS = (3, 10), (3, 14)
PYTHON = ">={}.{},<{}.{}".format(*PYTHONS[0], *PYTHONS[1])
PORTS = range(8080, 8180)
START_SECONDS, LINGER_SECONDS = 280.0, 5.0
PROCESS_FILE, LOG_FILE, LOCK_FILE, DOOR = "process.json", "server.log", "start.lock", "door"
# What Label Studio itself refuses to call: every address but the one at which `framing serve` may be.
BANNED = (*ipaddress.IPv4Network("0.0.0.0/0").address_exclude(ipaddress.IPv4Network(door.LOCAL)), ipaddress.IPv6Network("::/0"))
# Label Studio also reads these bare names; the user's own values are not meant for it.
FOREIGN = ("HOST", "PORT", "DEBUG", "USERNAME", "PASSWORD", "USER_TOKEN", "SECRET_KEY", "PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV")


@dataclass(frozen=True)
class Server:
    """A server that answers, or did: its address, its process and its data folder."""

    address: str
    pid: int
    data: Path
    running: bool


def start_server(data: Path, progress: Callable[[str], None] = lambda message: None) -> Server:
    """Start the server of this data folder, or find it running, and first the folder's own cluster of PostgreSQL, if its database is one. Returns
    once it answers /health.

    The first start installs Label Studio into an environment of its own. Raises FramingError, with the last line of
    the log, if it does not come up.
    """
    data.mkdir(parents=True, exist_ok=True)
    # The database holds everybody's work and password hashes; the folder may have been there before us. Where we are root, its own cluster of
    # PostgreSQL is another user's, who must come through, and to whom nothing else is readable.
    data.chmod(0o711 if read_database(data).own and os.geteuid() == 0 else 0o700)
    # Two starts at once would both migrate the same database: the second waits for the first, and finds its server.
    with lock_file(data / LOCK_FILE), contextlib.ExitStack() as held:
        try:
            if (database := read_database(data)).own:
                start_cluster(database)
            server = server_status(data)
            launched = server is None or not server.running
            if server is None or launched:
                server = _launch(data, server, held)
            _wait_until_healthy(server, progress)
            if launched:
                _refuse_open(server)
        except BaseException:
            # Half started it would take a port from the next one without anybody knowing.
            stop_server(data)
            raise
    return server


def stop_server(data: Path) -> bool:
    """Stop this data folder's server and its children, waiting until they are gone. False if none was running."""
    process = read_process(data / PROCESS_FILE)
    stopped = process is not None and process.stop()
    if read_database(data).own:
        stop_cluster(data)
    return stopped


def server_status(data: Path) -> Server | None:
    """The server last started for this data folder, or None if there never was one."""
    process = read_process(data / PROCESS_FILE)
    if process is None:
        return None
    port = process.more.get("port")
    if not isinstance(port, int) or not 0 < port < 65536:
        raise damaged(data / PROCESS_FILE)
    return Server(f"http://127.0.0.1:{port}", process.pid, data, process.running)


def running_address(data: Path) -> str | None:
    server = server_status(data)
    return server.address if server is not None and server.running else None


def forget_exports(address: str, project: int, data: Path | None = None) -> None:
    """Remove the copies of exports that the embedded server at this address has kept of the project: each is as large as what was pulled."""
    folder = data or default_data_folder()
    if running_address(folder) == address.rstrip("/"):
        for path in (folder / "export").glob(f"project-{project}-at-*"):
            path.unlink(missing_ok=True)


def executable() -> list[str]:
    """The command that runs Label Studio in its own environment. FramingError if nothing on this machine can."""
    if uv := shutil.which("uv"):
        run, tool = [uv, "tool", "run", "--quiet", "--python", _find_python(), "--exclude-newer", EXCLUDE_NEWER], f"label-studio=={VERSION}"
        # What is on this machine is not asked for in the internet, of which each of the packages would take its time, and which may be gone.
        tried = subprocess.run([*run, "--offline", "--from", tool, "python", "-c", ""], check=False, capture_output=True, stdin=subprocess.DEVNULL)
        return [*run, *["--offline"] * (tried.returncode == 0), tool]
    if found := shutil.which("label-studio"):
        return [found]
    raise FramingError(
        "neither uv nor label-studio is on the PATH, so no server can be started",
        "labelstudio",
        "Install uv (`pip install uv`), or set LABEL_STUDIO_URL",
    )


def _find_python() -> str:
    """The Python that runs this, where Label Studio runs on it, too: it is here, whatever comes first on the path. Else any that it does run on."""
    own = getattr(sys, "_base_executable", "")
    return own if own and PYTHONS[0] <= sys.version_info < PYTHONS[1] else PYTHON


def environment(data: Path, port: int, credentials: Credentials) -> dict[str, str]:
    """What Label Studio is told by its environment, so that it is open to nobody and calls nobody."""
    database = read_database(data)
    inherited = {key: value for key, value in os.environ.items() if key not in FOREIGN and not key.startswith(("LABEL_STUDIO_", "HEARTEX_"))}
    return inherited | {
        "SECRET_KEY": credentials.secret_key,
        "LABEL_STUDIO_USERNAME": credentials.username,
        "LABEL_STUDIO_PASSWORD": credentials.password,
        "LABEL_STUDIO_USER_TOKEN": credentials.token,
        "LABEL_STUDIO_BASE_DATA_DIR": str(data.absolute()),
        "LABEL_STUDIO_COLLECT_ANALYTICS": "false",
        "LABEL_STUDIO_SENTRY_DSN": "",
        "LABEL_STUDIO_FRONTEND_SENTRY_DSN": "",
        "LABEL_STUDIO_LATEST_VERSION_CHECK": "false",
        "LABEL_STUDIO_DISABLE_SIGNUP_WITHOUT_LINK": "true",
        # Whoever registers a model of their own would be sent the owner's token: Label Studio refuses every address but ours, and
        # the door, which its Python loads first, even that one unless `framing serve` runs.
        "LABEL_STUDIO_ML_BLOCK_LOCAL_IP": "true",
        "LABEL_STUDIO_SSRF_PROTECTION_ENABLED": "true",
        "LABEL_STUDIO_USE_DEFAULT_BANNED_SUBNETS": "false",
        "LABEL_STUDIO_USER_ADDITIONAL_BANNED_SUBNETS": ",".join(map(str, BANNED)),
        "PYTHONPATH": str(data.absolute() / DOOR),
        "FRAMING_DOOR": str(data.absolute()),
        "FRAMING_DOOR_PORT": str(port),
        **database.environment(),
    }


def _take_port(previous: Server | None, held: contextlib.ExitStack) -> int:
    """A port that is free, and that no other start of ours takes while it is `held`: until the server listens. Where its own is in use, Label Studio
    would silently take the next one."""
    wanted: list[int] = [int(previous.address.rpartition(":")[2])] if previous else []
    for port in itertools.chain(wanted, PORTS):
        try:
            held.enter_context(lock_machine(f"port-{port}.lock", busy=FramingError("is being taken", port)))
        except FramingError:
            continue
        if _is_free(port, LINGER_SECONDS if port in wanted else 0.0):
            return port
    raise FramingError(f"no free port between {PORTS.start} and {PORTS.stop - 1}", "127.0.0.1", "Stop a server that you no longer need")


def _is_free(port: int, patience: float) -> bool:
    """Whether the port can be listened at, or can within so many seconds: one that was killed may hold its own for moments longer."""
    end = time.monotonic() + patience
    while True:
        with contextlib.suppress(OSError), socket.socket() as probe:
            # As the server does: a port that only lingers after the last stop is free.
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(("127.0.0.1", port))
            return True
        if time.monotonic() >= end:
            return False
        time.sleep(0.1)


def _launch(data: Path, previous: Server | None, held: contextlib.ExitStack) -> Server:
    credentials = create_credentials(data)
    port = _take_port(previous, held)
    command = [*executable(), "start", "--no-browser", "--internal-host", "127.0.0.1", "--port", str(port), "--enable-legacy-api-token"]
    place_door(data)
    # The arguments of a process are public on its machine, its environment is not: secrets go through the latter.
    trim_log(data / LOG_FILE)
    with open_log(data / LOG_FILE) as log:
        process = launch(command, data / PROCESS_FILE, log, environment=environment(data, port, credentials), folder=data, port=port)
    return Server(f"http://127.0.0.1:{port}", process.pid, data, running=True)


def place_door(data: Path) -> None:
    """Put the file that keeps Label Studio from calling others to where its Python, started in the `environment` of this folder, finds it."""
    (data / DOOR).mkdir(exist_ok=True)
    (data / DOOR / door.CLOSED).unlink(missing_ok=True)
    shutil.copyfile(door.__file__, data / DOOR / "sitecustomize.py")


def _wait_until_healthy(server: Server, progress: Callable[[str], None]) -> None:
    import httpx

    def answers() -> bool:
        with contextlib.suppress(httpx.HTTPError):
            return visitor.get("/health").status_code == httpx.codes.OK
        return False

    def say(waited: float) -> None:
        progress(f"waiting for Label Studio at {server.address}, {waited:.0f} s (the first start installs it and takes minutes)")

    with httpx.Client(base_url=server.address, timeout=2, trust_env=False) as visitor:
        if (process := read_process(server.data / PROCESS_FILE)) is not None:
            wait_for(process, "Label Studio", answers, server.data / LOG_FILE, START_SECONDS, say)


def _refuse_open(server: Server) -> None:
    if not (server.data / DOOR / door.CLOSED).exists():
        raise FramingError("Label Studio was stopped: its Python does not load the file that keeps it from calling others", server.data / DOOR)
