"""What was suggested to whom is known from the article's id and the project's record, on every machine alike."""

from __future__ import annotations

import math
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotate.labelstudio.interface import build_interface, read_interface, read_record
from annotate.labelstudio.record import Record, Suggested, is_withheld, suggested_at
from schemas.codebook import Codebook, load_codebook
from schemas.errors import FramingError
from schemas.tables import WITHHELD

IDS = [f"article {i}" for i in range(5_000)]
SINCE = "2026-03-01T08:00:00.000000Z"
LATER = "2026-03-02T08:00:00.000000Z"
HOSTILE = [
    '--> <Label value="injected"/> <!--',
    "}\u2028{ -->\n<!-- framing-toolkit record {",
    "</View><script>alert(1)</script>",
    "\\u002d\\",
    "🚢 & \"'",
]


def entry(since: str = SINCE, blind: float = 0.0, seed: int = 0, model: str = "Starter (0123)") -> Suggested:
    return Suggested(model=model, blind=blind, seed=seed, since=since)


def withheld(share: float, seed: int = 0) -> set[str]:
    return {article for article in IDS if is_withheld(article, share, seed)}


@pytest.mark.parametrize("share", [0.05, 0.2, 0.5, 0.9])
def test_about_the_share_that_was_asked_for_is_withheld(share: float) -> None:
    error = math.sqrt(share * (1 - share) / len(IDS))
    for seed in range(3):
        assert abs(len(withheld(share, seed)) / len(IDS) - share) < 3 * error


def test_nothing_is_withheld_of_a_share_of_none_and_all_of_the_whole() -> None:
    assert withheld(0.0) == set()
    assert withheld(1.0) == set(IDS)


def test_a_larger_share_holds_the_smaller_one() -> None:
    shares = [withheld(share) for share in (0.0, 0.1, 0.2, 0.5, 1.0)]
    assert all(smaller < larger for smaller, larger in pairwise(shares))


def test_another_seed_withholds_others() -> None:
    """By chance alone a fifth of a fifth are withheld by both."""
    both = len(withheld(0.2, 0) & withheld(0.2, 1)) / len(IDS)
    assert both == pytest.approx(0.04, abs=0.01)


def test_what_is_withheld_stays_the_same_in_every_version_of_this_toolkit() -> None:
    """Else a project that was begun with an earlier one would be read wrongly."""
    known = ["007", "article 1", "https://example.org/🚢", "a\0b"]
    assert [[is_withheld(article, share, seed) for article in known] for share, seed in ((0.5, 0), (0.5, 1), (0.2, 7))] == [
        [True, True, True, False],
        [True, True, False, True],
        [False, True, False, False],
    ]


def test_what_was_shown_before_suggestions_began_is_what_label_studio_says() -> None:
    article = min(withheld(0.2))
    records = [entry(blind=0.2)]
    assert suggested_at(records, article, "2026-02-28T23:59:59.999999Z", None) is None
    assert suggested_at(records, article, SINCE, None) == WITHHELD
    assert suggested_at(records, article, LATER, "Starter (0123)") == WITHHELD
    shown = min(set(IDS) - withheld(0.2))
    assert suggested_at(records, shown, LATER, "Starter (0123)") == "Starter (0123)"
    assert suggested_at(records, shown, LATER, None) is None
    assert suggested_at([], article, LATER, "Starter (0123)") == "Starter (0123)"


def test_of_several_suggestions_the_last_that_had_begun_counts() -> None:
    records = [entry(SINCE, blind=0.5, seed=1), entry(LATER, blind=0.5, seed=2)]
    first, second = min(withheld(0.5, 1) - withheld(0.5, 2)), min(withheld(0.5, 2) - withheld(0.5, 1))
    between, after = "2026-03-01T20:00:00.000000Z", "2026-03-03T00:00:00.000000Z"
    assert [suggested_at(records, article, between, "m") for article in (first, second)] == [WITHHELD, "m"]
    assert [suggested_at(records, article, after, "m") for article in (first, second)] == ["m", WITHHELD]
    assert suggested_at([entry(SINCE, blind=0.5), entry(LATER, blind=0.0)], min(withheld(0.5)), after, "m") == "m"


TEXTS = st.text(st.characters(codec="utf-8"), max_size=40) | st.sampled_from(HOSTILE)
ENTRIES = st.builds(
    Suggested, model=TEXTS, blind=st.floats(0, 1, exclude_max=True), seed=st.integers(-(2**40), 2**40), since=st.just(SINCE), live=st.booleans()
)
RECORDS = st.builds(Record, suggestions=st.lists(ENTRIES, max_size=3).map(tuple), migration=st.none() | TEXTS)


@given(record=RECORDS)
def test_a_record_of_any_strings_comes_back_from_the_screen_and_harms_neither_codebook_nor_labels(record: Record) -> None:
    codebook = load_codebook()
    interface = build_interface(codebook, record)
    assert read_record(interface, "test") == (record if record else Record())
    assert read_interface(interface, "test") == codebook
    # Nothing of the record is outside its comment, but that there are suggestions.
    plain = Record(suggestions=(entry(),)) if record.suggestions else Record()
    assert interface.partition("<View")[2] == build_interface(codebook, plain).partition("<View")[2]


@pytest.mark.parametrize("text", HOSTILE)
def test_no_string_of_a_codebook_is_taken_for_a_record(text: str) -> None:
    data = load_codebook().model_dump(mode="json")
    fake = f"--> <!-- framing-toolkit record {Record(migration='fake').model_dump_json()} --> {text}".replace("\u2028", " ")
    codebook = Codebook.model_validate(data | {"instructions": fake, "description": fake})
    assert read_record(build_interface(codebook), "test") == Record()
    record = Record(suggestions=(entry(model=text),))
    assert read_record(build_interface(codebook, record), "test") == record
    assert read_interface(build_interface(codebook, record), "test") == codebook


def test_numbers_may_be_small_or_negative() -> None:
    record = Record(suggestions=(entry(blind=1e-05, seed=-1),))
    assert read_record(build_interface(load_codebook(), record), "test") == record


def test_of_live_suggestions_it_is_known_that_there_were_some_and_not_of_which_model() -> None:
    live = Suggested(model="framing serve", blind=0.0, seed=0, since=SINCE, live=True)
    assert suggested_at([live], "article", LATER, None, present=True) == "framing serve"
    assert suggested_at([live], "article", LATER, None, present=False) is None
    assert suggested_at([live], "article", LATER, "Starter (0123)", present=True) == "Starter (0123)"


def test_a_project_without_a_record_has_an_empty_one_and_an_empty_one_is_not_written() -> None:
    assert not Record()
    assert Record(migration="plan")
    assert build_interface(load_codebook(), Record()) == build_interface(load_codebook())
    assert read_record("<View/>", "test") == Record()


def test_a_record_that_was_edited_by_hand_is_refused() -> None:
    interface = build_interface(load_codebook(), Record(suggestions=(entry(),)))
    for damaged in (interface.replace('"blind": 0.0', '"blind": "much"'), interface.replace('"seed"', '"sead"')):
        assert damaged != interface
        with pytest.raises(FramingError, match="record in this project's labelling interface was damaged"):
            read_record(damaged, "My project")
