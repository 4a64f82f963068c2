"""An annotation as Label Studio exports it: every field is looked at before it is believed, and what is wrong costs this annotation alone."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from annotate.labelstudio.results import Refusal, show_value

__all__ = ["Submitted", "read_submitted"]

# Ids are 64 bits wide in every database that Label Studio runs on.
Number = Annotated[int, Field(ge=1, lt=2**63)]
# A year: what is left open over a holiday is not a time either, but it may be true.
LONGEST_SECONDS = 366 * 24 * 3600.0
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?(Z|[+-]\d\d:\d\d)")


def _check_moment(text: str) -> str:
    if not _MOMENT.fullmatch(text):
        raise ValueError("it is no time")
    # In one form, so that the order of texts is that of times.
    return datetime.fromisoformat(text).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


Moment = Annotated[str, AfterValidator(_check_moment)]
# Some versions write the person, others the number.
Who = Annotated[Number | None, BeforeValidator(lambda who: who.get("id") if isinstance(who, dict) else who)]


class Submitted(BaseModel):
    """`completed_by` is whose it is, None if the account is gone; `updated_by` who saved it last, None if it came by an import, or if that
    account is gone. `seconds` and `seen` (the version of the suggestions that were shown) are None where they are not known."""

    model_config = ConfigDict(frozen=True, strict=True, extra="ignore")

    id: Number
    completed_by: Who
    result: list[Any]
    created_at: Moment
    updated_at: Moment
    was_cancelled: bool = False
    updated_by: Who = None
    seconds: float | None = None
    seen: str | None = None


def read_submitted(annotation: object) -> tuple[Submitted, list[str]]:
    """The annotation, and what was wrong with fields that it can do without. Raises Refusal where it cannot."""
    if not isinstance(annotation, Mapping):
        raise Refusal("the annotation is not an object")
    faults: list[str] = []
    facts = {str(key): value for key, value in annotation.items()}
    facts["seconds"], facts["seen"] = _read_seconds(annotation.get("lead_time"), faults), _read_seen(annotation.get("prediction"), faults)
    try:
        return Submitted.model_validate(facts), faults
    except ValidationError as error:
        first = error.errors()[0]
        raise Refusal(f"its {first['loc'][0]} is {show_value(annotation.get(str(first['loc'][0])))}") from None


def _read_seconds(value: Any, faults: list[str]) -> float | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value) or not 0 <= value <= LONGEST_SECONDS:
        faults.append(f"its lead_time {show_value(value)} is no number of seconds, and is left out")
        return None
    return float(value)


def _read_seen(prediction: Any, faults: list[str]) -> str | None:
    """Label Studio keeps a copy of the prediction that an annotator saw."""
    seen = prediction.get("model_version") if isinstance(prediction, Mapping) else prediction
    if seen is None or isinstance(seen, str):
        return seen or None
    faults.append(f"its prediction {show_value(seen)} is none, and is left out")
    return None
