"""The figures of benchmarks.coders, worked out by hand on five sentences."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl
import pytest

from benchmarks.coders import draw_samples, estimate_sample, keep_asked, macro_f1, read_runs
from schemas.codebook import load_codebook
from schemas.dataset import Dataset

ARTICLES = pl.DataFrame({"article_id": list("abcdef"), "text": [f"Sentence {name}." for name in "abcdef"], "outlet": "Gazette"})
DATASET = Dataset(ARTICLES, codebook=load_codebook("babe"))


def test_a_column_of_answers_is_a_coder_and_what_it_left_unanswered_is_counted(tmp_path: Path) -> None:
    rows = [
        "text,label,label_opinion,echo_label,parrot_label",
        *(f"Sentence {name}.,1,x,{said},0" for name, said in zip("abcz", "1?01", strict=True)),
    ]
    (tmp_path / "babe-zero-shot.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    echo, parrot = read_runs(tmp_path, DATASET)
    assert (echo.name, parrot.name) == ("echo zero-shot", "parrot zero-shot")
    assert echo.work.select("article_id", "value").rows() == [("a", "Biased"), ("c", "Non-biased")]
    assert (echo.unanswered, parrot.unanswered) == (1, 0)
    assert keep_asked(tmp_path, DATASET).articles["article_id"].to_list() == ["a", "b", "c"]


def test_macro_f1_is_the_mean_of_both_answers() -> None:
    assert macro_f1(pl.DataFrame({"predicted": [1.0, 1.0, 0.0, 0.0], "coded": [1.0, 0.0, 0.0, 0.0]})) == pytest.approx((2 / 3 + 4 / 5) / 2)


def test_forty_of_each_outlet_are_coded_of_all_its_sentences_or_of_such_as_are_drawn_again() -> None:
    known = pl.DataFrame({"group": ["a"] * 60 + ["b"] * 50, "predicted": 0.5, "coded": 1.0, "seen": False})
    (once,), (again,) = (list(draw_samples(known, 1, again=again)) for again in (False, True))
    assert np.array_equal(np.sort(once), np.arange(110))
    assert len(set(again.tolist())) < len(again) == 110
    found = estimate_sample(known, once)
    assert {group: (each.coded, each.uncoded) for group, each in found.items()} == {"a": (40, 20), "b": (40, 10)}
