"""A lab's server as a service of the machine: units of systemd, and a compose file. Both are printed, to be looked at before they are used."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from pathlib import Path, PurePath

from schemas.errors import FramingError

__all__ = ["DATABASE", "INSIDE", "print_compose", "print_unit"]

SERVICE = "framing-labelstudio"
# Where containers have the data folder, and the variable by which the server there learns of its database: the arguments of a process are public.
INSIDE, DATABASE = PurePath("/data"), "FRAMING_LABELSTUDIO_DATABASE"
# The client of this Debian is of this release: pg_dump must not be older than the server.
PYTHON, POSTGRES = "python:3.12-slim-trixie", "postgres:17"
_PLAIN, _USER = re.compile(r"[\w@%+=:,./$-]+", re.ASCII), re.compile(r"[a-z_][a-z0-9_-]{0,31}", re.IGNORECASE)
_TIME = re.compile(r"[1-9]\d*(min|h|d)")


def print_unit(start: Sequence[str], backup: Sequence[str], data: Path, *, user: str, path: str, every: str = "6h") -> str:
    """Three units of systemd, each under a comment with the file it belongs in: the server, its backup, and the timer of that.

    `start` and `backup` are command lines whose first word is the path of a program; `start` stays until it is told to end. `user` runs them, with
    the PATH `path`, on which Label Studio's and PostgreSQL's programs are found. FramingError for what no unit can say.
    """
    if not _USER.fullmatch(user):
        raise FramingError("is no name of a user", user)
    if not _TIME.fullmatch(every):
        raise FramingError("is no time between two backups", every, "As in 6h, 30min or 1d")
    folder = _quote(str(data.absolute()))
    common = f"""\
User={user}
Environment={_quote(f"PATH={path}")}
UMask=0077
NoNewPrivileges=true
ProtectSystem=full"""
    return f"""\
# /etc/systemd/system/{SERVICE}.service
[Unit]
Description=Label Studio of a lab, behind its gate
After=network-online.target
Wants=network-online.target
RequiresMountsFor={folder}

[Service]
Type=exec
ExecStart={_join(start)}
{common}
Restart=on-failure
RestartSec=10
# It ends what it has started by itself: the gate first, the database last.
KillMode=mixed
TimeoutStopSec=120
# Ended before it had started.
SuccessExitStatus=130

[Install]
WantedBy=multi-user.target

# /etc/systemd/system/{SERVICE}-backup.service
[Unit]
Description=Backup of the lab's Label Studio
After={SERVICE}.service
RequiresMountsFor={folder}

[Service]
Type=oneshot
ExecStart={_join(backup)}
{common}
Nice=10

# /etc/systemd/system/{SERVICE}-backup.timer
[Unit]
Description=When the lab's Label Studio is backed up

[Timer]
OnBootSec=15min
OnUnitActiveSec={every}
RandomizedDelaySec=5min

[Install]
WantedBy=timers.target
"""


def print_compose(start: Sequence[str], backup: Sequence[str], port: int) -> str:
    """A compose file: PostgreSQL, the lab's server, and what backs it up.

    `start` and `backup` are command lines there, which stay until they are told to end; the data folder is INSIDE, the gate listens on `port`, and
    the variable DATABASE is the address of the database, with its password from a file .env.
    """
    look = f"import ssl, urllib.request as r; r.urlopen('https://127.0.0.1:{port}/gate/health', context=ssl._create_unverified_context(), timeout=5)"
    return f"""\
# In a file compose.yaml, beside a file .env with a line POSTGRES_PASSWORD=... (letters and digits); then: docker compose up --detach
services:
  postgres:
    image: {POSTGRES}
    environment:
      POSTGRES_USER: framing
      POSTGRES_PASSWORD: ${{POSTGRES_PASSWORD:?is missing in the file .env}}
      POSTGRES_DB: labelstudio
    volumes:
      - database:/var/lib/postgresql/data
    healthcheck:
      test: [CMD, pg_isready, --username, framing, --dbname, labelstudio]
      interval: 10s
      timeout: 5s
      retries: 12
    stop_grace_period: 1m
    restart: unless-stopped

  labelstudio:
    image: framing-toolkit
    build:
      dockerfile_inline: |
        FROM {PYTHON}
        RUN apt-get update && apt-get install --yes --no-install-recommends postgresql-client && rm -rf /var/lib/apt/lists/*
        RUN pip install --no-cache-dir 'framing-toolkit[team]' uv
        RUN useradd --create-home framing && install --directory --owner framing {INSIDE} {INSIDE}-backups /home/framing/.cache
        USER framing
    init: true
    command: {_list(start)}
    environment: &where
      FRAMING_LABELSTUDIO_DATA: {INSIDE}
      {DATABASE}: postgresql://framing:${{POSTGRES_PASSWORD}}@postgres:5432/labelstudio
    ports:
      - "{port}:{port}"
    volumes: &kept
      - data:{INSIDE}
      - backups:{INSIDE}-backups
      - cache:/home/framing/.cache
    depends_on:
      postgres:
        condition: service_healthy
    healthcheck:
      test: {_list(["CMD", "python", "-c", look])}
      interval: 30s
      timeout: 10s
      retries: 3
      # The first start installs Label Studio.
      start_period: 10m
    stop_grace_period: 2m
    restart: unless-stopped

  backup:
    image: framing-toolkit
    init: true
    command: {_list(backup)}
    environment: *where
    volumes: *kept
    depends_on:
      labelstudio:
        condition: service_healthy
    restart: unless-stopped

volumes:
  database:
  data:
  backups:
  cache:
"""


def _join(words: Sequence[str]) -> str:
    """A command line as systemd reads it, where a dollar stands for a variable."""
    return " ".join(_quote(word.replace("$", "$$")) for word in words)


def _quote(word: str) -> str:
    if not word or not word.isprintable():
        raise FramingError("cannot stand in a unit of systemd", repr(word), "Use a name without line ends and other such signs")
    word = word.replace("%", "%%")
    if _PLAIN.fullmatch(word):
        return word
    return '"' + word.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _list(words: Sequence[str]) -> str:
    """A list of words as YAML has it, where a dollar stands for a variable of compose."""
    return json.dumps([word.replace("$", "$$") for word in words], ensure_ascii=False)
