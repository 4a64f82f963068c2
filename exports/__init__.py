"""Tables in; other people's formats and the report out."""

from __future__ import annotations

import schemas

if getattr(schemas, "__toolkit__", None) != "framing-toolkit":
    raise ImportError(
        f"{schemas.__spec__.origin or next(iter(schemas.__path__))} stands where framing-toolkit looks for its own package `schemas`. "
        "Rename it, or start Python in another folder"
    )
