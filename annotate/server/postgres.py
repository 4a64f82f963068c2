"""A PostgreSQL of the toolkit's own: a cluster in the data folder, on this machine only, started and stopped with the server."""

from __future__ import annotations

import os
import re
import secrets
import shutil
import socket
import subprocess
import time
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import quote

from annotate.server.credentials import write_private
from annotate.server.database import Database, connect, remember_database
from annotate.server.locks import lock_machine
from annotate.server.logs import last_line
from schemas.errors import FramingError

__all__ = ["LOG", "check_database", "find_program", "is_running", "make_cluster", "run_program", "start_cluster", "stop_cluster"]

FOLDER, LOG, USER, NAME = "postgres", "postgres.log", "framing", "labelstudio"
LOCAL = "127.0.0.1"
# Where packages put programs that are on nobody's PATH.
PLACES = ("/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin", "/opt/homebrew/opt/postgresql*/bin", "/usr/local/opt/postgresql*/bin")
INSTALL = "Install Debian's package postgresql (elsewhere it is called alike), or name a database with --database"
SECONDS, BURY_SECONDS, PATIENCE_SECONDS = 120, 20.0, 30.0
OLDEST = 13


def find_program(name: str) -> Path:
    """One of PostgreSQL's programs: on the PATH, or the newest that a package has put elsewhere. FramingError if there is none."""
    if found := shutil.which(name):
        return Path(found)
    others = [path for place in PLACES for path in Path("/").glob(f"{place[1:]}/{name}")]
    if not others:
        raise FramingError(f"PostgreSQL's {name} is not on this machine", "labelstudio", INSTALL)
    return max(others, key=lambda path: [int(number) for number in re.findall(r"\d+", str(path))])


def make_cluster(data: Path) -> Database:
    """Make a cluster in the data folder, with one user and a password that nobody was told; it is started by `start_cluster`."""
    data = data.resolve()
    folder, program = data / FOLDER, find_program("initdb")
    if folder.exists():
        raise FramingError("is there already, and database.json, which knows its password, is not", folder, "Restore database.json from a backup")
    password, word = secrets.token_urlsafe(24), data / ".postgres-password"
    staged = data / f".{FOLDER}-new"
    shutil.rmtree(staged, ignore_errors=True)
    staged.mkdir(mode=0o700)
    try:
        write_private(word, password)
        for path in (staged, word):
            _give(path)
        arguments = ["-D", staged, "-U", USER, f"--pwfile={word}", "--auth=scram-sha-256", "--encoding=UTF8", "--locale=C", "--data-checksums"]
        run_program(program, arguments, as_server=True)
        staged.rename(folder)
    finally:
        word.unlink(missing_ok=True)
        shutil.rmtree(staged, ignore_errors=True)
    database = Database(data, _address(password, 5432), own=True)
    remember_database(database)
    return database


def start_cluster(database: Database) -> Database:
    """Start the folder's own cluster, or find it running; where it listens from now on."""
    folder = _folder(database.data)
    if not (folder / "PG_VERSION").is_file():
        raise FramingError("is no cluster of PostgreSQL", folder, "Restore it from a backup with `framing labelstudio restore`")
    if is_running(database.data):
        return database
    _refuse_other_version(folder)
    _bury(folder)
    log = folder.with_name(LOG)
    log.touch(mode=0o600)
    _give(log)
    # Two that start at once would both find the same port free.
    with lock_machine("postgresql-port.lock"):
        port = _free_port(database.parts["port"])
        options = f"-p {port} -c listen_addresses={LOCAL} -c unix_socket_directories="
        run_program(find_program("pg_ctl"), ["-D", folder, "-o", options, "-l", log, "-w", "-t", str(SECONDS), "start"], as_server=True, log=log)
    found = replace(database, url=_address(database.parts["password"], port))
    remember_database(found)
    with connect(found, "postgres") as connection:
        if not connection.run("SELECT 1 FROM pg_database WHERE datname = :name", name=NAME):
            connection.run(f"CREATE DATABASE {NAME}")
    return found


def stop_cluster(data: Path) -> bool:
    """Stop the folder's own cluster, once what is being written is written. False if none was running."""
    if not is_running(data):
        return False
    run_program(find_program("pg_ctl"), ["-D", _folder(data), "-m", "fast", "-w", "-t", str(SECONDS), "stop"], as_server=True)
    return True


def is_running(data: Path) -> bool:
    """Whether the folder's own cluster runs."""
    import psutil

    folder = _folder(data)
    # A number that another process has by now is known by where that works.
    with suppress(psutil.Error):
        return (leader := _leader(folder)) is not None and not _is_zombie(leader) and psutil.Process(leader).cwd() == str(folder)
    return False


def check_database(database: Database) -> None:
    """Raise FramingError where a PostgreSQL cannot be reached, or is too old for Label Studio."""
    with connect(database, patience=PATIENCE_SECONDS) as connection:
        version = int(connection.run("SHOW server_version_num")[0][0]) // 10_000
    if version < OLDEST:
        raise FramingError(f"is PostgreSQL {version}, and Label Studio needs {OLDEST} or later", database.shown)


def run_program(
    program: Path,
    arguments: list[Any],
    *,
    as_server: bool = False,
    check: bool = True,
    log: Path | None = None,
    environment: dict[str, str] | None = None,
) -> subprocess.CompletedProcess[str]:
    """Run one of PostgreSQL's programs; `as_server`: as the user that the cluster belongs to. FramingError, with its last line, if it fails."""
    who: dict[str, Any] = {"user": _account(), "group": _account(), "extra_groups": []} if as_server and os.geteuid() == 0 else {}
    # What pg_ctl starts would keep open what it was given to write to.
    output = subprocess.DEVNULL if log else subprocess.PIPE
    command = [str(program), *map(str, arguments)]
    done = subprocess.run(
        command, text=True, errors="replace", check=False, cwd="/", stdin=subprocess.DEVNULL, stdout=output, stderr=output, env=environment, **who
    )
    if check and done.returncode:
        raise FramingError(f"{program.name} failed ({last_line(log or done.stderr or '')})", log or "labelstudio", "Read the log")
    return done


def _address(password: str, port: int) -> str:
    return f"postgresql://{USER}:{quote(password)}@{LOCAL}:{port}/{NAME}"


def _free_port(wanted: int) -> int:
    for port in (wanted, 0):
        with socket.socket() as probe, suppress(OSError):
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((LOCAL, port))
            return int(probe.getsockname()[1])
    raise FramingError("no port is free", LOCAL)


def _refuse_other_version(folder: Path) -> None:
    made, has = (folder / "PG_VERSION").read_text().strip(), run_program(find_program("postgres"), ["--version"]).stdout
    if (found := re.search(r"(\d+)", has)) and found[1] != made:
        advice = f"Install PostgreSQL {made} beside it, or restore a backup into a new folder"
        raise FramingError(f"was made by PostgreSQL {made}, and {found[1]} is here, which does not read it", folder, advice)


def _folder(data: Path) -> Path:
    """Where the cluster is, as its processes see it."""
    return data.resolve() / FOLDER


def _leader(folder: Path) -> int | None:
    """The process that its cluster was last started as, if a process of that number is there."""
    import psutil

    with suppress(FileNotFoundError, NotADirectoryError, ValueError, IndexError):
        number = int((folder / "postmaster.pid").read_text(encoding="utf-8").split()[0])
        return number if psutil.pid_exists(number) else None
    return None


def _is_zombie(number: int) -> bool:
    import psutil

    with suppress(psutil.NoSuchProcess):
        return bool(psutil.Process(number).status() == psutil.STATUS_ZOMBIE)
    return True


def _bury(folder: Path) -> None:
    """Where nobody takes note of the death of processes, as in many containers, PostgreSQL holds a dead one of its own for alive and does not start.
    Its mark is removed once all that worked in the folder are gone: two at once would destroy it."""
    leader = _leader(folder)
    if leader is None or not _is_zombie(leader):
        return
    end = time.monotonic() + BURY_SECONDS
    while (left := _workers(folder)) and time.monotonic() < end:
        time.sleep(0.1)
    if left:
        raise FramingError(f"of a PostgreSQL that died some processes ({left}) still work here", folder, "Wait, or end them by hand")
    (folder / "postmaster.pid").unlink(missing_ok=True)


def _workers(folder: Path) -> int:
    """How many live processes work in the folder."""
    import psutil

    number = 0
    for process in psutil.process_iter():
        with suppress(psutil.Error, OSError):
            number += process.cwd() == str(folder) and process.status() != psutil.STATUS_ZOMBIE
    return number


def _account() -> str:
    """The user that the cluster runs as where we are root, which PostgreSQL refuses."""
    import pwd

    with suppress(KeyError):
        return pwd.getpwnam("postgres").pw_name
    return "nobody"


def _give(path: Path) -> None:
    """Let the cluster's user have a file or folder, where that is another than we; FramingError if it cannot be reached by them."""
    if os.geteuid() != 0:
        return
    shutil.chown(path, _account())
    # Names in it can be known then, and nothing be read: every file in it is its owner's alone.
    path.parent.chmod(0o711)
    if run_program(Path("/usr/bin/test"), ["-r", path], as_server=True, check=False).returncode:
        raise FramingError(
            f"PostgreSQL does not run as root, and {_account()!r} cannot come here", path.parent, "Run it as an ordinary user, or give another --data"
        )
