"""What is chosen to be annotated next, and in which order: checked by counting, and by distances of the test's own."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import accumulate
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotate import selection
from annotate.selection import apportion, find_unread, interleave, select
from schemas.codebook import Codebook, load_codebook
from schemas.dataset import Dataset
from schemas.errors import FramingError
from schemas.tables import Articles, conform

SIZES = st.lists(st.integers(1, 40), min_size=1, max_size=9)
TOPICS = (*("harbour", "ferry", "anchor"), *("school", "teacher", "lesson"), *("vineyard", "grape", "cellar"), *("tram", "rail", "timetable"))


def make(
    texts: Mapping[str, str], outlets: Sequence[str | None] | None = None, read: Sequence[str] = (), codebook: Codebook | None = None
) -> Dataset:
    """Articles by id, some of which somebody has read."""
    columns: dict[str, Any] = {"article_id": list(texts), "text": list(texts.values()), "outlet": outlets or [None] * len(texts)}
    rows = {"article_id": read, "annotator": ["ada"] * len(read), "origin": ["manual"] * len(read)}
    annotations = pl.DataFrame(rows, schema=dict.fromkeys(rows, pl.String)) if read else None
    return Dataset(conform(pl.DataFrame(columns, infer_schema_length=None), Articles, "test"), annotations, None, codebook)


def plain(count: int, prefix: str = "a") -> dict[str, str]:
    return {f"{prefix}{i}": f"Day {prefix} {i} of the harbour." for i in range(count)}


def ids(dataset: Dataset, n: int, by: str = "random", **options: Any) -> list[str]:
    return select(dataset, n, by, **options).articles["article_id"].to_list()


@given(sizes=SIZES, share=st.floats(0, 1))
def test_seats_are_shared_out_in_proportion(sizes: list[int], share: float) -> None:
    n = round(share * sum(sizes))
    seats = apportion(sizes, n)
    assert sum(seats) == n
    assert all(abs(own - n * size / sum(sizes)) < 1 for own, size in zip(seats, sizes, strict=True))


def test_the_largest_remainders_get_the_seats_that_are_over() -> None:
    assert apportion([53, 24, 23], 10) == [5, 3, 2]
    assert apportion([10, 10, 10], 2) == [1, 1, 0]


@given(sizes=SIZES, share=st.floats(0, 1))
def test_each_stratum_has_a_seat_while_there_are_any_and_none_has_more_than_it_can_fill(sizes: list[int], share: float) -> None:
    n = round(share * sum(sizes))
    seats = apportion(sizes, n, least=1)
    assert sum(seats) == n
    assert sum(own > 0 for own in seats) == min(n, len(sizes))
    assert all(own <= size for own, size in zip(seats, sizes, strict=True))


@given(seats=st.lists(st.integers(0, 30), min_size=1, max_size=9))
def test_every_beginning_of_the_list_is_balanced(seats: list[int]) -> None:
    order = list(interleave(seats))
    assert Counter(order) == Counter({i: own for i, own in enumerate(seats) if own})
    for k, had in enumerate(accumulate((Counter([i]) for i in order), initial=Counter[int]())):
        assert all(abs(had[i] - own * k / max(sum(seats), 1)) < 1 for i, own in enumerate(seats))


def test_what_was_annotated_or_is_a_copy_is_left_out() -> None:
    texts = {**plain(5), "copy of a0": plain(1)["a0"], "copy of a4": plain(5)["a4"]}
    dataset = make(texts, read=["a0"])
    assert find_unread(dataset)["article_id"].to_list() == ["a1", "a2", "a3", "a4"]
    assert find_unread(dataset, without=["a2", "unknown"])["article_id"].to_list() == ["a1", "a3", "a4"]


def test_more_than_are_left_is_all_that_are_left_and_is_said() -> None:
    chosen = select(make(plain(5), read=["a0"]), 200)
    assert sorted(chosen.articles["article_id"]) == ["a1", "a2", "a3", "a4"]
    assert (chosen.left, len(chosen.notices)) == (4, 1)
    assert "200 articles were asked for, and 4 are left" in chosen.notices[0]


def test_where_none_is_left_that_is_said_with_the_dataset() -> None:
    with pytest.raises(FramingError, match="no article is left") as caught:
        select(make(plain(2), read=["a0", "a1"]), 1, where="corpus")
    assert caught.value.where == "corpus"


def test_articles_that_are_added_leave_the_others_in_their_order() -> None:
    few, many = make(plain(30)), make({**plain(20, "b"), **plain(30)})
    assert ids(few, 30) == [article for article in ids(many, 50) if article.startswith("a")]
    assert ids(few, 12) == ids(few, 30)[:12]
    assert ids(few, 30) != ids(few, 30, seed=1)


def test_each_outlet_has_its_share_from_the_first_article_on() -> None:
    outlets = ["Gazette"] * 60 + ["Herald"] * 30 + [None] * 9 + ["Crier"]
    chosen = select(make(plain(100), outlets), 20).articles["outlet"].to_list()
    assert Counter(chosen) == {"Gazette": 12, "Herald": 6, None: 1, "Crier": 1}
    for k in range(1, 21):
        assert abs(chosen[:k].count("Gazette") - 12 * k / 20) < 1
        assert abs(chosen[:k].count("Herald") - 6 * k / 20) < 1


def test_without_strata_the_highest_win_whatever_their_outlet() -> None:
    dataset = make(plain(20), ["Gazette"] * 10 + ["Herald"] * 10)
    table = pl.DataFrame({"article_id": [f"a{i}" for i in range(10)], "uncertainty": [0.9] * 10})
    free = select(dataset, 10, "uncertain", uncertainty=table, random_share=0, stratify=False).articles
    held = select(dataset, 10, "uncertain", uncertainty=table, random_share=0).articles
    assert (free["outlet"].to_list().count("Gazette"), held["outlet"].to_list().count("Gazette")) == (10, 5)


def test_the_most_uncertain_come_first_and_an_article_without_a_figure_is_sure() -> None:
    table = pl.DataFrame({"article_id": ["a2", "a0", "a1"], "uncertainty": [0.5, 0.1, 0.7]})
    chosen = select(make(plain(4)), 4, "uncertain", uncertainty=table, random_share=0).articles
    assert chosen.select("article_id", "selected_by", "selection_score").rows() == [
        ("a1", "uncertain", 0.7),
        ("a2", "uncertain", 0.5),
        ("a0", "uncertain", 0.1),
        ("a3", "uncertain", 0.0),
    ]


def test_a_column_of_the_users_that_has_the_name_of_a_figure_is_kept_and_not_used() -> None:
    dataset = make(plain(3))
    dataset = Dataset(dataset.articles.with_columns(uncertainty=pl.Series([1.0, 0.9, 0.8])))
    table = pl.DataFrame({"article_id": ["a0", "a1", "a2"], "uncertainty": [0.1, 0.2, 0.3]})
    chosen = select(dataset, 3, "uncertain", uncertainty=table, random_share=0).articles
    assert chosen.select("article_id", "uncertainty", "selection_score").rows() == [("a2", 0.8, 0.3), ("a1", 0.9, 0.2), ("a0", 1.0, 0.1)]


def test_a_share_is_drawn_at_random_before_the_method_chooses() -> None:
    dataset = make(plain(100), ["Gazette"] * 70 + ["Herald"] * 30)
    table = pl.DataFrame({"article_id": list(plain(100)), "uncertainty": [i / 100 for i in range(100)]})
    chosen = select(dataset, 20, "uncertain", uncertainty=table).articles
    drawn = chosen.filter(pl.col("selected_by") == "random")
    assert drawn["selection_score"].to_list() == [None] * 4
    assert set(drawn["article_id"]) <= set(ids(dataset, 20))
    assert chosen["article_id"].n_unique() == 20
    assert set(ids(dataset, 20, "uncertain", uncertainty=table, random_share=1)) == set(ids(dataset, 20))


@pytest.mark.parametrize("outlets", [1, 5, 30])
def test_what_was_drawn_at_random_is_spread_over_the_list_and_over_the_outlets(outlets: int) -> None:
    dataset = make(plain(120), [f"Outlet {i % outlets}" for i in range(120)])
    table = pl.DataFrame({"article_id": list(plain(120)), "uncertainty": [0.5] * 120})
    chosen = select(dataset, 60, "uncertain", uncertainty=table).articles
    ways = chosen["selected_by"].to_list()
    assert ways.count("random") == 12
    assert all(abs(ways[:k].count("random") - k / 5) < 2 for k in range(60))
    # In five outlets that take turns, every fifth article would be the same one's.
    assert chosen.filter(pl.col("selected_by") == "random")["outlet"].n_unique() >= min(outlets, 4)


def topical(*topics: int) -> dict[str, str]:
    """An article for each number, with the words of that topic."""
    return {f"a{i}": " ".join([*TOPICS[3 * topic : 3 * topic + 3], f"number{i}"]) for i, topic in enumerate(topics)}


def test_diverse_articles_start_in_the_middle_and_take_each_topic_once() -> None:
    texts = topical(*[0] * 9, *[1] * 4, 2, 3)
    chosen = select(make(texts), 4, "diverse", random_share=0).articles
    assert chosen["text"][0].startswith(TOPICS[0])
    assert {TOPICS.index(text.split()[0]) for text in chosen["text"]} == {0, 3, 6, 9}
    scores = chosen["selection_score"].to_list()
    assert scores[0] is None
    assert scores[1:] == sorted(scores[1:], reverse=True)


def test_topics_that_were_annotated_are_covered() -> None:
    texts = topical(0, 0, 1, 1, 2, 2, 3, 3)
    chosen = select(make(texts, read=["a0", "a2"]), 2, "diverse", random_share=0).articles
    assert {TOPICS.index(text.split()[0]) for text in chosen["text"]} == {6, 9}
    also = select(make(texts, read=["a0", "a2"]), 1, "diverse", random_share=0, without=["a4"]).articles
    assert also["text"][0].startswith(TOPICS[9])


def nearest(texts: Sequence[str], chosen: Sequence[str]) -> float:
    """Mean over the texts of the Jaccard distance of their words to those of the nearest chosen text."""
    bags, picked = [set(text.split()) for text in texts], [set(text.split()) for text in chosen]
    return sum(min(1 - len(bag & other) / len(bag | other) for other in picked) for bag in bags) / len(bags)


def test_diverse_articles_are_nearer_to_all_the_others_than_random_ones() -> None:
    # Thirty subjects; the first has been written about a hundred times, the last twice.
    texts = {f"{s} {i}": f"subject{s} place{s} person{s} thing{s} day{i}" for s in range(30) for i in range(max(2, 100 // (s + 1)))}
    dataset, everything = make(texts), list(texts.values())
    diverse = nearest(everything, select(dataset, 30, "diverse").articles["text"].to_list())
    by_lot = [nearest(everything, select(dataset, 30, seed=seed).articles["text"].to_list()) for seed in range(10)]
    assert diverse < min(by_lot)


def test_too_many_articles_are_compared_by_a_sample_that_knows_every_outlet(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(selection, "MOST", 10)
    chosen = select(make(plain(41), ["Gazette"] * 40 + ["Crier"]), 5, "diverse")
    assert "41 articles are too many to compare: chosen from 10" in chosen.notices[0]
    assert (chosen.left, chosen.articles.height) == (41, 5)
    assert "Crier" in chosen.articles["outlet"].to_list()


@pytest.mark.parametrize("texts", [{"a": " \n"}, {"a": "!"}, {"a": " ", "b": "?!", "c": "Words."}, {"a": " ".join(f"word{i}" for i in range(99))}])
def test_texts_without_words_can_be_chosen(texts: dict[str, str]) -> None:
    for by in ("diverse", "cue"):
        assert sorted(ids(make(texts), 3, by, random_share=0)) == list(texts)


def test_the_labels_of_cues_take_turns_so_that_rare_ones_have_their_share() -> None:
    texts = {f"a{i}": f"{'reckless ' * (i + 2)}and plain words." for i in range(9)}
    texts |= {"cronies": "His CRONIES met there on a plain day.", "patriot": "The patriot slept.", "none": "A plain day, recklessly spent."}
    chosen = select(make(texts), 12, "cue", random_share=0).articles
    assert chosen["article_id"].to_list() == ["a8", "cronies", "patriot", *(f"a{i}" for i in range(7, -1, -1)), "none"]
    assert chosen["selection_score"][-1] == 0.0


def test_the_score_of_cues_is_their_rate_per_thousand_words() -> None:
    chosen = select(make({"a": "A reckless patriot, and cronies: eight words here."}), 1, "cue", random_share=0).articles
    assert chosen["selection_score"].to_list() == [pytest.approx(3000 / 8)]


def test_the_codebook_of_the_dataset_says_what_a_cue_is_unless_another_is_given() -> None:
    texts = {"a": "The reckless plan.", "b": "The zorgish plan."}
    loaded = load_codebook()
    zorgish = loaded.model_copy(update={"labels": (loaded.labels[0].model_copy(update={"cues": ("zorgish",)}),)})
    assert ids(make(texts), 1, "cue", random_share=0) == ["a"]
    assert ids(make(texts, codebook=zorgish), 1, "cue", random_share=0) == ["b"]
    assert ids(make(texts, codebook=zorgish), 1, "cue", random_share=0, codebook=loaded) == ["a"]


def test_a_method_that_lacks_what_it_needs_says_so() -> None:
    dataset = make(plain(3))
    with pytest.raises(FramingError, match=r"policy-frames 1\.0\.0 has no cues"):
        select(dataset, 1, "cue", codebook=load_codebook("policy-frames"))
    with pytest.raises(FramingError, match="takes a model's uncertainty"):
        select(dataset, 1, "uncertain")
    with pytest.raises(FramingError, match="random, uncertain, uncertain-random, diverse, cue"):
        select(dataset, 1, "loudest")
    with pytest.raises(FramingError, match="between 0 and 1"):
        select(dataset, 1, random_share=1.5)


def test_no_copy_of_what_is_chosen_or_read_already_is_chosen_and_that_is_said() -> None:
    dataset = make(plain(6), read=["a0"])
    copied = dataset.articles.with_columns(copy_of=pl.Series([None, "a0", None, "a2", None, None], dtype=pl.String))
    chosen = select(Dataset(copied, dataset.annotations), 5)
    assert sorted(chosen.articles["article_id"]) == ["a2", "a4", "a5"]
    assert any("2 articles left out: copies" in notice for notice in chosen.notices)


def test_the_chance_of_what_was_drawn_at_random_is_recorded_outlet_by_outlet() -> None:
    dataset = make(plain(100), ["Gazette"] * 80 + ["Crier"] * 20)
    table = pl.DataFrame({"article_id": list(plain(100)), "uncertainty": [i / 100 for i in range(100)]})
    by_lot = select(dataset, 30).articles
    assert set(by_lot.select("outlet", "selection_probability").iter_rows()) == {("Gazette", 24 / 80), ("Crier", 6 / 20)}
    mixed = select(dataset, 20, "uncertain", uncertainty=table).articles
    drawn = mixed.filter(selected_by="random")
    assert drawn["selection_probability"].to_list() == pytest.approx([0.2 * 0.2] * 4)
    assert mixed.filter(selected_by="uncertain")["selection_probability"].null_count() == 16


def test_uncertain_articles_can_be_drawn_with_a_chance_that_is_known() -> None:
    dataset = make(plain(100), ["Gazette"] * 60 + ["Herald"] * 40)
    table = pl.DataFrame({"article_id": list(plain(100)), "uncertainty": [1.0 if i % 4 == 0 else 0.1 for i in range(100)]})
    times = Counter[str]()
    for seed in range(200):
        chosen = select(dataset, 20, "uncertain-random", uncertainty=table, seed=seed).articles
        assert chosen["outlet"].to_list().count("Gazette") == 12
        times.update(chosen["article_id"])
    assert set(chosen["selected_by"]) == {"uncertain-random"}
    doubtful = 0.2 * (0.5 + 0.5 * 1 / (0.25 + 0.075))
    sure = 0.2 * (0.5 + 0.5 * 0.1 / (0.25 + 0.075))
    expected = [doubtful if score == 1 else sure for score in chosen["selection_score"]]
    assert chosen["selection_probability"].to_list() == pytest.approx(expected)
    assert sum(times[f"a{i}"] for i in range(0, 100, 4)) / 25 / 200 == pytest.approx(doubtful, abs=0.03)
    assert sum(times[f"a{i}"] for i in range(1, 100, 4)) / 25 / 200 == pytest.approx(sure, abs=0.03)
    with pytest.raises(FramingError, match="would have no chance"):
        select(dataset, 20, "uncertain-random", uncertainty=table, random_share=0)
