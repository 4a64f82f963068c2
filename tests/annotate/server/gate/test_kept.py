"""A question is asked once, by however many wait for its answer."""

from __future__ import annotations

import asyncio

import pytest

from annotate.server.gate.kept import Kept


def test_an_answer_is_asked_for_once_and_a_failure_is_not_kept() -> None:
    asked: list[str] = []

    async def ask() -> str:
        asked.append("asked")
        await asyncio.sleep(0)
        return "answer"

    async def fail() -> str:
        asked.append("failed")
        raise ValueError("no answer")

    async def run() -> None:
        kept: Kept[str, str] = Kept(60.0, most=2)
        assert await asyncio.gather(*(kept.get("a", ask) for _ in range(5))) == ["answer"] * 5
        for _ in range(2):
            with pytest.raises(ValueError, match="no answer"):
                await kept.get("b", fail)
        kept.alias("a", "c")
        assert await kept.get("c", fail) == "answer"
        kept.put("d", "known")
        # At most two are kept: the oldest was forgotten.
        await kept.get("a", ask)
        short: Kept[str, str] = Kept(0.0)
        await short.get("a", ask)
        short.alias("a", "b")
        await short.get("b", ask)

    asyncio.run(run())
    assert asked == ["asked", "failed", "failed", "asked", "asked", "asked"]


def test_whoever_goes_away_does_not_take_the_answer_from_others() -> None:
    async def run() -> str:
        kept: Kept[str, str] = Kept(60.0)
        answer: asyncio.Future[str] = asyncio.get_running_loop().create_future()

        async def ask() -> str:
            return await answer

        first, second = (asyncio.ensure_future(kept.get("a", ask)) for _ in range(2))
        await asyncio.sleep(0)
        first.cancel()
        await asyncio.sleep(0)
        answer.set_result("answer")
        return await second

    assert asyncio.run(run()) == "answer"
