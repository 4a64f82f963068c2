"""The names near a span are its candidates, and each is told by where it stands to it."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from classifiers.features.candidates import NOBODY, REACH, SLOTS, Candidates, candidates_of, columns_of, columns_of_slots, cues_of_words, share_out
from classifiers.features.documents import make_batch
from schemas.codebook import Actor

ACTORS = (Actor(name="Board", kind="institution"), Actor(name="Mill", kind="group"), Actor(name="Ada Doe", kind="person", aliases=("Doe",)))
BOARD, MILL, DOE = range(3)


def candidates(texts: list[str], *spans: tuple[int, str]) -> Candidates:
    """Of spans, each the number of its text and its words."""
    batch = make_batch(texts)
    places = [(text, (texts[text].index(words), texts[text].index(words) + len(words))) for text, words in spans]
    return candidates_of(batch, [batch.touched(text, [place])[0] for text, place in places], ACTORS)


def told(found: Candidates, row: int) -> dict[str, str]:
    return {slot: values[number] for (slot, values), number in zip(SLOTS.items(), found.values[row].tolist(), strict=True) if number >= 0}


def test_every_name_near_a_span_is_a_candidate_and_so_is_nobody() -> None:
    found = candidates(["The Board met. Doe called the plan reckless, and the Mill closed.", "Nobody is reckless."], (0, "reckless"), (1, "reckless"))
    assert found.firsts.tolist() == [0, 4, 5]
    assert found.actors.tolist() == [BOARD, DOE, MILL, NOBODY, NOBODY]
    assert found.distances[:3].tolist() == [-7, -4, 4]
    assert told(found, 3) == {"nobody": "up to 3 names near"}
    assert told(found, 4) == {"nobody": "up to 0 names near"}


def test_a_name_is_told_by_its_side_its_distance_its_sentence_and_the_word_before_it() -> None:
    found = candidates(["The Board met. A reckless plan by the Mill, Doe said."], (0, "reckless"))
    board, mill, doe = (told(found, row) for row in range(3))
    assert (board["side"], board["tokens before"], board["sentences before"], board["tokens behind"]) == ("before", "up to 4", "up to 1", "no")
    assert (mill["side"], mill["word before the name behind"], mill["clause behind"], mill["kind"]) == ("behind", "the", "same", "group")
    assert (doe["clause behind"], doe["names nearer behind"], doe["first name of its sentence"]) == ("another", "up to 1", "no")


def test_the_word_behind_the_span_is_the_one_that_follows_it() -> None:
    found = candidates(["A reckless plan by the Mill.", "The puppets of the Mill met."], (0, "plan"), (1, "puppets"))
    assert [told(found, row)["word behind the span"] for row in (0, 2)] == ["by", "of"]


def test_a_possessive_beside_the_span_and_a_verb_of_being_between_are_seen() -> None:
    found = candidates(["The Board's reckless plan failed.", "The Board is reckless."], (0, "reckless"), (1, "reckless"))
    assert told(found, 0)["possessive"] == "next to the span"
    assert told(found, 2)["between name and span"] == "be"


def test_whoever_speaks_the_quotation_that_holds_the_span_is_told_from_those_named_in_it() -> None:
    found = candidates(['"The Board is reckless," Doe said.'], (0, "reckless"))
    assert [(row["quotation"]) for row in (told(found, 0), told(found, 1))] == ["inside", "speaks it"]


def test_how_often_and_how_early_an_actor_is_named_counts_over_its_article_alone() -> None:
    found = candidates(["The Board met. Doe and the Board were reckless.", "The Mill is reckless."], (0, "reckless"), (1, "reckless"))
    first, doe, again, _, mill = (told(found, row) for row in range(5))
    assert [row["times named"] for row in (first, doe, again, mill)] == ["up to 2", "up to 1", "up to 2", "up to 1"]
    assert [row["named most"] for row in (first, doe, mill)] == ["yes", "no", "yes"]
    assert [row["in the first sentence"] for row in (first, doe, again, mill)] == ["yes", "no", "yes", "yes"]


def test_of_an_article_full_of_names_only_those_near_the_span_are_looked_at() -> None:
    found = candidates([f"{'Board, ' * 100}reckless{', Mill' * 100}."], (0, "reckless"))
    assert len(found.actors) == 2 * REACH + 1


WORDS = st.lists(
    st.sampled_from(["Board", "Mill's", "Doe", "the", "is", "by", ",", ".", '"', "reckless", "plan", "said", "😀"]), min_size=1, max_size=40
)


@given(st.lists(WORDS, min_size=1, max_size=3), st.data())
def test_whatever_the_text_each_candidate_has_a_column_in_most_slots_and_a_text_is_the_same_beside_others(
    texts: list[list[str]], data: st.DataObject
) -> None:
    written = [" ".join(words) for words in texts]
    batch = make_batch(written)
    last = batch.rows(len(texts) - 1)
    begin = data.draw(st.integers(last.start, last.stop - 1))
    span = batch.touched(len(texts) - 1, [(int(batch.read.tokens.starts[begin] - batch.read.starts[-2]), len(written[-1]))])[0]
    found = candidates_of(batch, [span], ACTORS)
    columns, used = columns_of(found)
    assert used[:-1, :-1].all()
    assert columns.max() < len(columns_of_slots())
    alone = make_batch(written[-1:])
    moved = type(span)(span.start - last.start, span.end - last.start)
    np.testing.assert_array_equal(candidates_of(alone, [moved], ACTORS).values, found.values)


def test_words_are_what_they_are_whatever_their_case() -> None:
    assert cues_of_words(["BY", "by", "Board", ","]).tolist() == [1, 1, 0, cues_of_words([";"])[0]]


def test_shares_of_a_span_add_up_to_one() -> None:
    np.testing.assert_allclose(share_out(np.array([0.0, np.log(3.0), 5.0]), np.array([0, 2, 3])), [0.25, 0.75, 1.0])
