"""How often somebody may fail to log in, or to name an invitation, within a minute."""

from __future__ import annotations

import ipaddress
import time
from collections import OrderedDict, deque

from annotate.server.gate.refusals import Refused

__all__ = ["Attempts"]

SECONDS = 60.0
# People of one lab may share an address; nobody mistypes their own password so often in a minute.
FROM_HOST, FOR_NAME = 20, 10
_MOST = 20_000


class Attempts:
    """Failures of the last minute: by the host that they came from, and by the e-mail address that they were for."""

    def __init__(self) -> None:
        self._failures: OrderedDict[str, deque[float]] = OrderedDict()

    def check(self, host: str, name: str = "") -> None:
        """Refused if there were too many."""
        if any(self._count(key) >= most for key, most in _keys(host, name)):
            raise Refused(429, "too many failed attempts; wait a minute")

    def fail(self, host: str, name: str = "") -> None:
        for key, most in _keys(host, name):
            self._failures.setdefault(key, deque(maxlen=most)).append(time.monotonic())
            self._failures.move_to_end(key)
        while len(self._failures) > _MOST:
            self._failures.popitem(last=False)

    def begin(self, host: str, name: str = "") -> None:
        """The same, of an attempt that counts as failed until it succeeds: of many at once no more are made than one after the other."""
        self.check(host, name)
        self.fail(host, name)

    def succeed(self, host: str, name: str = "") -> None:
        """What was begun has not failed."""
        for key, _ in _keys(host, name):
            if moments := self._failures.get(key):
                moments.pop()

    def _count(self, key: str) -> int:
        since = time.monotonic() - SECONDS
        return sum(moment > since for moment in self._failures.get(key, ()))


def _keys(host: str, name: str) -> list[tuple[str, int]]:
    found = [(f"host {_network(host)}", FROM_HOST)]
    return [*found, (f"name {name.strip().lower()[:254]}", FOR_NAME)] if name.strip() else found


def _network(host: str) -> str:
    """Whoever has one address of the sixth version has 2 to the power of 64."""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return host
    return str(ipaddress.ip_network((address, 64), strict=False)) if address.version == 6 else host
