"""What a dataset folder keeps of its earlier content: what the server no longer has, or has in a form that is not believed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import polars as pl

from annotate.labelstudio.doubts import Doubt
from annotate.labelstudio.export import TASK, Part
from schemas.dataset import Dataset
from schemas.tables import Annotations

__all__ = ["Kept", "keep_earlier"]


@dataclass(frozen=True)
class Kept:
    """The part with what was kept. `vanished`: (article, annotator) of annotations that are no longer in Label Studio; `gone`: articles that
    are not. Whether they were kept or left stands in `left`: annotations that their own annotators took back."""

    part: Part
    vanished: list[tuple[str, str]]
    gone: list[str]
    left: list[tuple[str, str]]


def keep_earlier(before: Dataset, part: Part, tasks: Mapping[str, int], *, take_deletions: bool) -> Kept:
    """Complete the part by what the folder had `before`; `tasks` are those that its articles had.

    What was changed on the server stays as people made it. What was deleted there stays, too, unless `take_deletions`: anybody can delete
    anything, and nothing says who did. Only what annotators themselves turned into a skip goes: that is an annotation as well, and says
    who saved it.
    """
    part = _leave_moved(before, part)
    changed = {doubt.article_id for doubt in part.doubts if doubt.annotator is None and not doubt.taken}
    changed_work = {(doubt.article_id, doubt.annotator) for doubt in part.doubts if doubt.annotator is not None and not doubt.taken}
    missing = before.articles.join(part.articles, on="article_id", how="anti", maintain_order="left")
    gone = [article for article in missing["article_id"] if article not in changed]
    articles = missing.filter(pl.col("article_id").is_in(list(changed))) if take_deletions else missing
    had = before.annotations if before.annotations is not None else Annotations.create_empty()
    pairs = had.select("article_id", "annotator").unique(maintain_order=True)
    skips = pl.Series(list(part.withdrawn), dtype=pl.String)
    skipped = set(had.filter(pl.col("annotation_id").is_in(skips.implode())).select("article_id", "annotator").rows())
    absent = pairs.join(part.annotations, on=["article_id", "annotator"], how="anti", maintain_order="left").rows()
    vanished = [(article, who) for article, who in absent if article not in changed and (article, who) not in changed_work]
    left = [(article, who) for article, who in vanished if take_deletions or (article, who) in skipped]
    stays = pl.DataFrame([pair for pair in absent if pair not in left], schema={"article_id": pl.String, "annotator": pl.String}, orient="row")
    rows = had.select(list(Annotations.columns())).join(stays, on=["article_id", "annotator"], how="semi", maintain_order="left")
    places = pl.DataFrame({"article_id": list(tasks), TASK: list(tasks.values())}, schema={"article_id": pl.String, TASK: pl.Int64})

    def placed(table: pl.DataFrame) -> pl.DataFrame:
        return table.join(places, on="article_id", how="left", maintain_order="left")

    both = [
        pl.concat([new, placed(old)], how="diagonal_relaxed").sort(TASK, maintain_order=True) if old.height else new
        for new, old in ((part.articles, articles), (part.annotations, rows))
    ]
    return Kept(replace(part, articles=both[0], annotations=both[1]), vanished, gone, left)


def _leave_moved(before: Dataset, part: Part) -> Part:
    """The part without annotations that are of another article or another person now than before. The server can join tasks that look alike
    for a moment: an annotation that came along is still its annotator's own work, but not on this text. And whoever changes an annotation
    can make it theirs; also what people made whose account is gone stays in their name."""
    if before.annotations is None:
        return part
    earlier = before.annotations.select("annotation_id", _article="article_id", _who="annotator").drop_nulls().unique(maintain_order=True)
    moved = part.annotations.join(earlier, on="annotation_id")
    moved = moved.filter((pl.col("article_id") != pl.col("_article")) | (pl.col("annotator") != pl.col("_who")))
    moved = moved.unique("annotation_id", keep="first", maintain_order=True)
    doubts, rejected = list(part.doubts), list(part.rejected)
    for row in moved.iter_rows(named=True):
        where = f"moved to article {row['article_id']!r}" if row["article_id"] != row["_article"] else f"given to {row['annotator']}"
        doubts.append(Doubt(row["_article"], row["_who"], f"was {where}, and is not taken there"))
        facts = {"task": row[TASK], "article_id": row["article_id"], "annotation_id": row["annotation_id"]}
        rejected.append({"reason": str(doubts[-1]), "row": facts})
    return replace(part, annotations=part.annotations.join(moved, on="annotation_id", how="anti"), doubts=doubts, rejected=rejected)
