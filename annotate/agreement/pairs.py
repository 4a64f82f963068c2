"""How far each two annotators agree on marking words."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from itertools import combinations
from typing import Any

from annotate.agreement.labels import agree_on_marks
from annotate.readings import ArticleReadings, Marks

__all__ = ["agree_pair_by_pair"]


def agree_pair_by_pair(articles: Iterable[ArticleReadings]) -> list[dict[str, Any]]:
    """Of each two `annotators` who read an article both, by name: on how many `articles`, and `alpha` over their tokens, marked with any label or
    not, with its interval; None where neither marked anything."""
    ids, marks = defaultdict[tuple[str, str], list[str]](list), defaultdict[tuple[str, str], list[Marks]](list)
    for article in articles:
        everybodys = article.marks(None)
        # Names are in order in every article.
        for (me, mine), (other, theirs) in combinations(enumerate(article.markers), 2):
            ids[mine, theirs].append(article.article_id)
            marks[mine, theirs].append(everybodys[[me, other]])
    return [
        {"annotators": list(pair), "articles": len(set(ids[pair])), **agree_on_marks(ids[pair], marks[pair]).named("alpha")} for pair in sorted(ids)
    ]
