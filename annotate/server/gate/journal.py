"""What the gate remembers of requests: a line for each that it refused, and counts of all. Never a query, a secret or a body."""

from __future__ import annotations

import logging
import os
import re
from collections import Counter
from logging.handlers import RotatingFileHandler
from pathlib import Path

from schemas.errors import printable

__all__ = ["LOG_FILE", "Journal"]

LOG_FILE = "gate.log"
_BYTES, _COPIES = 1_000_000, 5
_SECRET = re.compile(r"^(/join/).*", re.DOTALL)


class _Private(RotatingFileHandler):
    """Nobody else may read who asked for what."""

    def _open(self):  # type: ignore[no-untyped-def]  # noqa: ANN202 - the type of logging's own is not public
        return open(self.baseFilename, self.mode, encoding="utf-8", opener=lambda name, flags: os.open(name, flags, 0o600))


class Journal:
    """Writes `gate.log` in the data folder, which is begun anew at a megabyte; five older ones stay."""

    def __init__(self, data: Path) -> None:
        self._handler = _Private(data / LOG_FILE, maxBytes=_BYTES, backupCount=_COPIES, delay=True)
        self._handler.setFormatter(logging.Formatter("%(asctime)s %(message)s"))
        self._counts: Counter[tuple[str, str]] = Counter()
        self._seconds: Counter[tuple[str, str]] = Counter()

    def count(self, role: str, verdict: str, seconds: float) -> None:
        self._counts[role, verdict] += 1
        self._seconds[role, verdict] += seconds  # type: ignore[assignment]

    def note(self, status: int, name: str, host: str, method: str, path: str, reason: str) -> None:
        """Write of a request that was refused who asked what, and why not."""
        line = " ".join(printable(part) for part in (str(status), name, host, method, _SECRET.sub(r"\1…", path), f"({reason})"))
        # A full disk refuses nobody: the handler swallows it.
        self._handler.handle(logging.LogRecord("gate", logging.INFO, "", 0, line, None, None))

    def write_metrics(self) -> str:
        """The counts since the gate was started, in the text format of Prometheus."""
        lines = ["# TYPE framing_gate_requests_total counter"]
        lines += [f"framing_gate_requests_total{_labels(key)} {number}" for key, number in sorted(self._counts.items())]
        lines += ["# TYPE framing_gate_seconds_total counter"]
        lines += [f"framing_gate_seconds_total{_labels(key)} {number:.6f}" for key, number in sorted(self._seconds.items())]
        return "\n".join(lines) + "\n"

    def close(self) -> None:
        self._handler.close()


def _labels(key: tuple[str, str]) -> str:
    return f'{{role="{key[0]}",verdict="{key[1]}"}}'
