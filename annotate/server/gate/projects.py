"""What the gate itself needs to know of projects: their titles, and whether they show what models suggest."""

from __future__ import annotations

from typing import Any

import httpx

from annotate.server.gate.kept import Kept
from annotate.server.gate.upstream import Upstream

__all__ = ["Projects"]

SECONDS = 60.0


class Projects:
    def __init__(self, upstream: Upstream) -> None:
        self._upstream = upstream
        self._known: Kept[int, dict[str, Any] | None] = Kept(SECONDS, 1_000)

    async def title(self, project: int) -> str:
        """As the owner called it; a number for one that was deleted."""
        known = await self._read(project)
        return str(known.get("title", "")) if known is not None else f"project {project}, which is gone"

    async def suggests(self, project: int) -> bool:
        """Whether annotators are shown what models suggest."""
        known = await self._read(project)
        return known is not None and bool(known.get("show_collab_predictions"))

    async def _read(self, project: int) -> dict[str, Any] | None:
        return await self._known.get(project, lambda: self._ask(project))

    async def _ask(self, project: int) -> dict[str, Any] | None:
        status, said = await self._upstream.ask(f"/api/projects/{project}/?include=id,title,show_collab_predictions")
        return said if status == httpx.codes.OK and isinstance(said, dict) else None
