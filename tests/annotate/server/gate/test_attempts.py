"""Guesses are counted by where they come from, and by whom they are for."""

from __future__ import annotations

import pytest

from annotate.server.gate import attempts
from annotate.server.gate.attempts import FOR_NAME, FROM_HOST, Attempts
from annotate.server.gate.refusals import Refused


@pytest.mark.parametrize(
    ("failures", "host", "name"),
    [
        ([("192.0.2.1", f"person{number}@example.com") for number in range(FROM_HOST)], "192.0.2.1", "another@example.com"),
        ([(f"2001:db8::{number:x}", "") for number in range(FROM_HOST)], "2001:db8::ffff", ""),
        ([(f"192.0.2.{number}", "Ann@Example.com ") for number in range(FOR_NAME)], "198.51.100.1", "ann@example.com"),
    ],
    ids=["one host tries many people", "one network of the sixth version", "many hosts try one person"],
)
def test_too_many_within_a_minute_are_refused_and_others_are_not(
    failures: list[tuple[str, str]], host: str, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = Attempts()
    for one in failures:
        seen.check(*one)
        seen.fail(*one)
    with pytest.raises(Refused, match="wait a minute"):
        seen.check(host, name)
    seen.check("203.0.113.9", "somebody@example.org")
    monkeypatch.setattr(attempts, "SECONDS", 0.0)
    seen.check(host, name)
