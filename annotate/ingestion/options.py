"""How files are to be read, where a user says more than the files do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, ClassVar, cast

from pydantic import ConfigDict, TypeAdapter, ValidationError

from annotate.ingestion.columns import ROLES
from annotate.ingestion.dates import Order
from schemas.errors import FramingError

__all__ = ["Options", "make_options"]


@dataclass(frozen=True)
class Options:
    """`columns`: which column (or nested key of JSON) has which of ROLES; `raw`: texts stay as they are; `one_article`: a text file is one
    article, whatever it looks like; `dates`: whether the day or the month comes first in 06/07/2025; `outlet`: of articles that name none."""

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(extra="forbid")

    columns: Mapping[str, str] = field(default_factory=dict)
    raw: bool = False
    one_article: bool = False
    dates: Order | None = None
    outlet: str | None = None

    def to_dict(self) -> dict[str, Any]:
        """What run.json says of them: what is not as usual."""
        usual = asdict(Options())
        return {name: value for name, value in asdict(self).items() if value != usual[name]}

    @classmethod
    def of_run(cls, run: Mapping[str, Any]) -> Options:
        """Those of a run.json; before it had them, it said the column of texts alone."""
        usual = {"columns": {"text": run["text_column"]}} if run.get("text_column", "text") != "text" else {}
        try:
            return TypeAdapter(cls).validate_python(run.get("reading", usual))
        except ValidationError as error:
            raise FramingError("says how its files were read in a way that is not known here", "run.json", "Score the articles again") from error


def make_options(
    columns: Sequence[str] = (),
    *,
    text_column: str | None = None,
    raw: bool = False,
    one_article: bool = False,
    dates: str | None = None,
    outlet: str | None = None,
) -> Options:
    """The options of a command. `columns`: ROLE=COLUMN each. FramingError for what is none."""
    chosen: dict[str, str] = {}
    for said in columns:
        role, sign, column = said.partition("=")
        if not (sign and column) or role not in ROLES:
            raise FramingError(f"{said!r} is not ROLE=COLUMN", "--column", f"ROLE is one of: {', '.join(ROLES)}")
        if chosen.setdefault(role, column) != column:
            raise FramingError(f"{role} is said twice", "--column", "Name one column")
    if text_column is not None and chosen.setdefault("text", text_column) != text_column:
        raise FramingError("text is said twice", "--column and --text-column", "Name one column")
    if dates is None or dates in {"dmy", "mdy"}:
        return Options(chosen, raw, one_article, cast(Order | None, dates), outlet)
    raise FramingError(f"{dates!r} is no order of day and month", "--dates", "Say dmy (31/12/2025) or mdy (12/31/2025)")
