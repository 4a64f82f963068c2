"""Copies of articles are found whatever stands around them, and what is only alike is none."""

from __future__ import annotations

import random

import pytest

from annotate.ingestion.copies import FEW, Sketches
from framing.sample import read_sample

SAMPLE = read_sample(128).articles["text"].to_list()
# Long articles, of several paragraphs each, made of the sample's.
LONG = ["\n\n".join(SAMPLE[i : i + 4]) for i in range(0, 80, 4)]


def copies(*texts: str) -> dict[str, str]:
    sketches = Sketches()
    for number, text in enumerate(texts):
        sketches.add(str(number), text)
    return sketches.find_copies()


def test_a_story_under_another_headline_with_a_note_or_two_paragraphs_more_is_a_copy() -> None:
    story, other = LONG[0], LONG[1]
    paragraphs = story.split("\n")
    changed = [
        "\n".join(["Quite another headline, by quite another desk", *paragraphs[1:]]),
        f"{story}\n\nThis story was updated at noon.",
        f"{story}\n\n" + "\n\n".join(SAMPLE[100].split("\n")[:2]),
        story.replace("“", '"').replace("”", '"').upper(),
    ]
    assert copies(story, other, *changed) == {"2": "0", "3": "0", "4": "0", "5": "0"}


@pytest.mark.parametrize("share", [0.4, 0.6])
def test_the_first_part_of_a_story_is_a_copy_under_whatever_headline(share: float) -> None:
    shortened = []
    for story in LONG:
        words = story.split(" ")
        shortened.append("A headline of its own\n" + " ".join(words[: int(len(words) * share)]))
    found = copies(*LONG, *shortened)
    assert sum(found.get(str(len(LONG) + i)) == str(i) for i in range(len(LONG))) >= len(LONG) - 1
    assert len(found) <= len(LONG)


def test_the_copy_of_a_copy_is_a_copy_of_the_first() -> None:
    second = f"{LONG[3]}\n\n{SAMPLE[90]}"
    assert copies(LONG[3], second, f"{second}\n\n{SAMPLE[91]}") == {"1": "0", "2": "0"}


def test_articles_of_one_sample_are_no_copies_of_each_other() -> None:
    assert copies(*SAMPLE) == {}


def test_a_form_that_is_filled_with_other_words_is_no_copy() -> None:
    form = "{} died in {} after a long illness. {} was born in {} and worked for {} years as a {} for {}. A service will be held at {} on {}."
    names = [f"name{number}" for number in range(400)]
    rows = [form.format(*names[9 * i : 9 * i + 9]) * 3 for i in range(40)]
    assert copies(*rows) == {}


@pytest.mark.parametrize("with_names", [True, False])
def test_a_form_of_many_words_is_told_from_a_copy_by_its_names_and_numbers(*, with_names: bool) -> None:
    form = (
        "The family of {} {} wishes to thank the nurses of the hospice for all the care they gave in the last weeks of a long and happy life. "
        "In {} a service will be held on {} at ten, and the procession will go on foot from {} to the old chapel by the harbour wall, "
        "where there will be tea and music as there always was in the house by the sea that so many of us came to know as a second home. "
        "Those who would like to give something are asked to think of the lifeboat, which was dear to {} for some {} years."
    )
    generator = random.Random(5)
    rows = (
        [
            form.format(*(f"{generator.choice('BCDFGHLMNPRST')}{generator.randrange(10**6)}" if k < 6 else generator.randrange(99) for k in range(7)))
            for _ in range(40)
        ]
        if with_names
        else [form.format(*["someone"] * 7), form.format(*["anyone"] * 7)]
    )
    # Who names nobody, names nobody else.
    assert copies(*rows) == ({} if with_names else {"1": "0"})


def test_two_stories_with_the_same_quotations_are_two() -> None:
    quoted = " ".join(LONG[5].split(" ")[:80])
    first, second = (" ".join(LONG[k].split(" ")[:300]) for k in (6, 7))
    assert copies(f"{first}\n\n{quoted}", f"{quoted}\n\n{second}") == {}


def test_short_texts_are_copies_only_if_they_say_the_same_words() -> None:
    texts = ["The port shut on Monday, and 400 lost work.", "The port shut on Monday and 400 lost work!", "The port shut on Sunday."]
    assert len(texts[0].split()) < FEW
    assert copies(*texts) == {"1": "0"}


def test_texts_without_words_are_no_copies_of_articles() -> None:
    assert "2" not in copies(LONG[0], "…", "—", LONG[1])


def test_whatever_the_order_the_groups_are_the_same() -> None:
    texts = [*LONG, *(f"{text}\n\n{SAMPLE[90]}" for text in LONG[:10])]
    order = list(range(len(texts)))
    random.Random(3).shuffle(order)
    found = copies(*texts)
    shuffled = copies(*(texts[i] for i in order))

    def groups(of: dict[str, str], names: list[int]) -> set[frozenset[int]]:
        joined: dict[str, set[int]] = {}
        for copy, first in of.items():
            joined.setdefault(first, {names[int(first)]}).add(names[int(copy)])
        return set(map(frozenset, joined.values()))

    assert groups(found, list(range(len(texts)))) == groups(shuffled, order)
    assert len(found) == 10


@pytest.mark.parametrize("count", [1, 5, 2_000])
def test_a_text_that_is_there_very_often_is_one_group(count: int) -> None:
    assert copies(*[LONG[0]] * count) == {str(i): "0" for i in range(1, count)}


def test_without_articles_there_are_no_copies() -> None:
    assert copies() == {}
