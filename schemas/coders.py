"""Models as coders: what language models and other classifiers said of a dataset's articles, kept apart from people's work, and who they are."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Annotated, Literal

import dataframely as dy
import polars as pl
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from schemas.checks import Rejected, partition_quotes, refuse_unknown_labels
from schemas.dataset import CODERS, Dataset, keep_copy, read_rejected, write_jsonl
from schemas.entries import Name
from schemas.errors import FramingError
from schemas.faults import say_fault
from schemas.files import replace_files
from schemas.parquet import read_parquet
from schemas.parsing import parse_json, read_text
from schemas.tables import Annotations, Gold, conform
from schemas.wording import enumerate_some

__all__ = [
    "FACTS",
    "REJECTED",
    "TABLE",
    "Coder",
    "CoderRows",
    "Coders",
    "read_coders",
    "replace_run",
    "require_coder",
    "require_work",
    "take_for_gold",
    "write_coders",
]

# Rows set aside have a file of their own: rejected.jsonl is written anew by every pull, which knows nothing of coders.
TABLE, FACTS, REJECTED = CODERS, "coders.json", "coders-rejected.jsonl"
Line = Annotated[str, StringConstraints(strip_whitespace=True, max_length=1_000, pattern=r"^[^\x00-\x1f\x7f-\x9f]*$")]
Digest = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
LONGEST_PROMPT = 200_000


class CoderRows(Annotations):
    """The columns of annotations, `annotator` being the coder's name, and which `run` of the coder it was: the same coder may be asked again, to
    see whether it agrees with itself. The first run is the coder's work; what it was asked of and did not answer has no row."""

    run = dy.Int64(min=1)


class Coder(BaseModel):
    """Who a coder is, as far as somebody said so. `cost` is in `currency`; `counts` says what became of its answers, as they were read: with
    `answers` all that there were, and the parts that they fell into."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: Name
    kind: Literal["language model", "classifier", "rules", "other"] = "language model"
    model: Line | None = None
    version: Line | None = None
    prompt: Annotated[str, StringConstraints(max_length=LONGEST_PROMPT)] | None = None
    prompt_digest: Digest | None = None
    temperature: Annotated[float, Field(ge=0, le=100, allow_inf_nan=False)] | None = None
    date: Line | None = None
    cost: Annotated[float, Field(ge=0, allow_inf_nan=False)] | None = None
    currency: Line | None = None
    where: Line | None = None
    runs: Annotated[int, Field(ge=1, le=1_000)] = 1
    counts: dict[Line, Annotated[int, Field(ge=0)]] = {}


@dataclass(frozen=True)
class Coders:
    """The rows of all coders of a dataset (`CoderRows`), who they are by name, how many rows were left out, since their quote is not their
    article's text, and what was set aside when they were read: each reason with its row, which names `coder` and `run`."""

    rows: pl.DataFrame
    described: Mapping[str, Coder]
    aside: int = 0
    rejected: Rejected = field(default_factory=list)

    def work_of(self, name: str, run: int = 1) -> pl.DataFrame:
        """The rows of one run of a coder, as Annotations."""
        return self.rows.filter(pl.col("annotator") == name, pl.col("run") == run).select(Annotations.column_names())


def read_coders(folder: Path, dataset: Dataset) -> Coders | None:
    """The coders of a dataset folder; None if it has none. FramingError for what is damaged, or not of this dataset's codebook."""
    if not (folder / TABLE).exists() and not (folder / FACTS).exists():
        return None
    for name in (TABLE, FACTS):
        if not (folder / name).is_file():
            raise FramingError(f"has no {name}, which belongs to what is beside it", folder, "Restore it, or remove coders.parquet and coders.json")
    rows = conform(read_parquet(folder / TABLE), CoderRows, folder / TABLE)
    return _check(rows, _read_facts(folder / FACTS), dataset, folder / TABLE, read_rejected(folder / REJECTED))


def write_coders(folder: Path, dataset: Dataset, coders: Coders) -> Coders:
    """Write the files, all or none; returns what was written. If rows of those in the folder are not among the new ones, table and facts are
    kept in `history/`, under the time of writing. FramingError as for `read_coders`."""
    checked = _check(conform(coders.rows, CoderRows, folder), coders.described, dataset, folder, coders.rejected)
    facts = {name: coder.model_dump(mode="json", exclude_none=True) for name, coder in sorted(checked.described.items())}
    with replace_files(folder) as staging:
        if _loses_rows(folder / TABLE, checked.rows):
            for current in (folder / TABLE, folder / FACTS):
                if current.exists():
                    keep_copy(current, staging)
        checked.rows.sort("annotator", "run", maintain_order=True).write_parquet(staging / TABLE)
        (staging / FACTS).write_text(json.dumps(facts, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
        write_jsonl(staging / REJECTED, checked.rejected)
    return checked


def take_for_gold(dataset: Dataset, work: pl.DataFrame) -> Dataset:
    """The dataset with a coder's rows (Annotations) in the place of people's work, and as what is right: for those who ask for this coder by
    name."""
    verdict = work.with_columns(support=1.0, rule=pl.lit("coder")).select(Gold.column_names()).unique(maintain_order=True)
    return replace(dataset, annotations=work, gold=verdict)


def replace_run(coders: Coders | None, coder: Coder, run: int, rows: pl.DataFrame, rejected: Rejected) -> Coders:
    """The coders with one run of one of them in place of what was there of it; other runs and other coders stay as they are.

    `coder`: who it is, with the counts of this run alone; in the facts the counts of further runs stand behind `run N: `. `rows` are of this
    coder and run, and so are those in `rejected`, each with a reason.
    """
    known = coders.described.get(coder.name) if coders else None
    mine = pl.col("annotator") == coder.name, pl.col("run") == run
    parts = [coders.rows.filter(~pl.all_horizontal(mine)), rows] if coders else [rows]
    others = [entry for entry in coders.rejected if (entry["row"].get("coder"), entry["row"].get("run")) != (coder.name, run)] if coders else []
    counts = {what: count for what, count in (known.counts if known else {}).items() if _run_of(what) != run}
    counts |= {what if run == 1 else f"run {run}: {what}": count for what, count in coder.counts.items()}
    described = coder.model_copy(update={"counts": counts, "runs": max(run, known.runs if known else 1)})
    tagged = [{"reason": entry["reason"], "row": {"coder": coder.name, "run": run} | entry["row"]} for entry in rejected]
    everybody = {**(coders.described if coders else {}), coder.name: described}
    return Coders(pl.concat(parts, how="diagonal_relaxed"), everybody, coders.aside if coders else 0, others + tagged)


def require_coder(coders: Coders | None, name: str, where: object) -> Coder:
    """FramingError, with the names that there are, if the dataset has no coder of this name."""
    return _require(coders, name, where).described[name]


def require_work(coders: Coders | None, name: str, where: object) -> pl.DataFrame:
    """The work of a coder, its first run, as Annotations. FramingError as for `require_coder`."""
    return _require(coders, name, where).work_of(name)


def _require(coders: Coders | None, name: str, where: object) -> Coders:
    if coders is None:
        raise FramingError("has no coders", where, "Bring their answers in with `framing import coder FILE --into DATASET --coder NAME`")
    if name not in coders.described:
        raise FramingError(f"there is no coder {name!r}", where, f"There are: {enumerate_some(list(coders.described))}")
    return coders


def _read_facts(path: Path) -> dict[str, Coder]:
    facts = parse_json(read_text(path), path)
    if not isinstance(facts, dict):
        raise FramingError("is damaged: it is no table of coders", path, "Restore it from a copy")
    try:
        described = {str(name): Coder.model_validate(said) for name, said in facts.items()}
    except ValidationError as error:
        raise FramingError(f"is damaged: {say_fault(error)}", path, "Restore it from a copy") from error
    if strange := [name for name, coder in described.items() if coder.name != name]:
        raise FramingError(f"is damaged: {strange[0]!r} is called otherwise inside", path, "Restore it from a copy")
    return described


def _run_of(what: str) -> int:
    """The run that a count is of."""
    found = re.match(r"run (\d+): ", what)
    return int(found[1]) if found else 1


def _loses_rows(current: Path, rows: pl.DataFrame) -> bool:
    if not current.exists():
        return False
    try:
        there = conform(read_parquet(current), CoderRows, current)
    except FramingError:
        # Damaged: what is left of it is kept.
        return True
    return there.join(rows, on=CoderRows.column_names(), how="anti", nulls_equal=True).height > 0


def _check(rows: pl.DataFrame, described: Mapping[str, Coder], dataset: Dataset, where: object, rejected: Rejected) -> Coders:
    if strange := sorted(set(rows["annotator"]) - set(described)):
        raise FramingError(f"has rows of a coder {strange[0]!r}, whom {FACTS} does not know", where, "Import this coder again")
    refuse_unknown_labels(rows, dataset.codebook, where)
    good, bad = partition_quotes(rows, dataset.articles)
    return Coders(good, described, bad.height, rejected)
