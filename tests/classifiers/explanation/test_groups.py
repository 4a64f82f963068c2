"""Features are put together by what they are about."""

from __future__ import annotations

import pytest

from classifiers.explanation.groups import Group, Part, Stems, Tally, jot, name_alike, part_of, place_figure, say_group
from classifiers.features.words import Feature


@pytest.mark.parametrize(
    ("feature", "position", "part", "evidence"),
    [
        (Feature("word", "reckless"), 0, Part.WORD, '"reckless"'),
        (Feature("company", "reckless"), 0, Part.ALIKE, '"reckless"'),
        (Feature("suffix", "less"), 0, Part.PARTS, "-less"),
        (Feature("characters", "^rec"), 0, Part.PARTS, "rec-"),
        (Feature("characters", "ec"), 0, Part.PARTS, ""),
        (Feature("shape", "x"), 0, Part.PARTS, ""),
        (Feature("shape", "x-x"), 0, Part.PARTS, "with a hyphen"),
        (Feature("shape", "Xx"), 0, Part.PARTS, "with a capital letter"),
        (Feature("voice", "scare"), 0, Part.VOICE, "in scare quotes"),
        (Feature("voice", "narrator"), 0, Part.VOICE, ""),
        (Feature("first word", "the"), -1, Part.BESIDE, '"the" before it'),
        (Feature("last word", "of"), 0, Part.WORD, '"of"'),
        (Feature("word after", "who"), 0, Part.BESIDE, '"who" after it'),
        (Feature("word of sentence", "who"), 0, Part.SENTENCE, '"who"'),
        (Feature("span", "one word"), 0, Part.FORM, "being one word"),
    ],
)
def test_a_feature_is_about_one_thing_and_jotted_down_as_evidence_of_it(feature: Feature, position: int, part: Part, evidence: str) -> None:
    assert (part_of(feature, position), jot(feature, position)) == (part, evidence)


def test_figures_around_a_span_are_about_its_neighbours_its_sentence_its_article_or_other_corpora() -> None:
    columns = ["neighbour +1", "rank in sentence", "same word elsewhere", "auxiliary leaflets"]
    assert [place_figure(column)[0] for column in columns] == [Part.BESIDE, Part.SENTENCE, Part.ARTICLE, Part.CORPORA]


def test_groups_come_strongest_first_with_the_strongest_evidence_and_letters_behind_words_that_carry_more() -> None:
    tally = Tally()
    for part, evidence, weight in [
        (Part.PARTS, "-less", 1.0),
        (Part.PARTS, "-les-", 0.9),
        (Part.PARTS, "rec-", 0.5),
        (Part.WORD, '"mob"', 0.8),
        (Part.ALIKE, '"mob"', 0.9),
        (Part.ALIKE, '"the"', 0.1),
        (Part.BESIDE, '"a" before it', -0.5),
        (Part.VOICE, "in scare quotes", 0.3),
        (Part.VOICE, "", -0.3),
    ]:
        tally.add(part, evidence, weight)
    groups = tally.groups()
    # The words carry 1.8, and the letters 2.4.
    assert [group.part for group in groups] == [Part.PARTS, Part.ALIKE, Part.WORD, Part.BESIDE]
    # Of letters within each other the strongest; "the" has a ninth of what "mob" has.
    assert [group.evidence for group in groups] == [("-less", "rec-"), ('"mob"',), ('"mob"',), ('"a" before it',)]
    assert [round(group.share, 3) for group in groups] == [0.571, 0.238, 0.19, -0.119]
    tally.add(Part.WORD, '"mob"', 0.7)
    assert [group.part for group in tally.groups()] == [Part.WORD, Part.ALIKE, Part.PARTS, Part.BESIDE]


def test_letters_that_only_one_word_has_in_its_forms_are_that_word() -> None:
    stems = Stems(["crony", "cronies", "crowd", "reckless"])
    said = {
        (kind, term): stems.place(Feature(kind, term), "cronies") for kind, term in [("characters", "ron"), ("characters", "^cro"), ("suffix", "ies")]
    }
    assert said == {
        ("characters", "ron"): (Part.WORD, '"cronies"'),
        ("characters", "^cro"): (Part.PARTS, "cro-"),
        ("suffix", "ies"): (Part.WORD, '"cronies"'),
    }
    # A word that the model does not know has nothing but its letters.
    assert stems.place(Feature("characters", "ron"), "iron") == (Part.PARTS, "-ron-")


def test_a_group_is_one_line_of_plain_words() -> None:
    alike = Group(Part.ALIKE, 1.0, 0.5, ('"mob"',))
    assert say_group(alike, 2) == 'words like "mob"'
    (named,) = name_alike([alike], ["gang", "thugs"])
    assert (say_group(named, 1), say_group(named, 2)) == ('words like it: "gang", "thugs"', 'words like them: "gang", "thugs"')
    assert name_alike([Group(Part.ALIKE, -1.0, -0.5, ('"mob"',))], ["gang"])[0].alike == ()
    assert say_group(Group(Part.VOICE, 1.0, 0.5, ("in scare quotes",))) == "who speaks: in scare quotes"
    assert say_group(Group(Part.WORD, 1.0, 0.5, ()), 2) == "its words"
