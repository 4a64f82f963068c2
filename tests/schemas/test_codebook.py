"""The codebook: what ships is sound, what is misspelt is refused, what is written reads back."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given, reject
from hypothesis import strategies as st
from pydantic import ValidationError

from schemas.codebook import (
    COLUMNS,
    DEFAULT_CODEBOOK,
    FIGURES,
    SPAN_COLUMNS,
    Codebook,
    Label,
    Question,
    Value,
    list_codebooks,
    load_actors,
    load_codebook,
    parse_codebook,
)
from schemas.errors import FramingError
from schemas.tables import Articles, ScoredArticles, ScoredSpans

PROSE = st.text(st.one_of(st.sampled_from("\"\\'\n\t#=[]{}\u2028\u202e🚢é"), st.characters(exclude_categories=["Cs", "Cc"])), min_size=1).filter(
    str.strip
)
NAMES = st.text(st.characters(exclude_categories=["Cs", "Cc", "Cf", "Zl", "Zp"], exclude_characters='<>"'), min_size=1, max_size=20).filter(str.strip)
# Its own English.
PYDANTIC = re.compile(r"Input|should|valid (string|dict|list|tuple)|Extra|Field required|Value error")
PROSES = st.lists(PROSE, max_size=3).map(tuple)


@st.composite
def codebooks(draw: st.DrawFn) -> Codebook:
    names = draw(st.lists(NAMES, min_size=2, max_size=6, unique_by=lambda name: name.strip().lower()))
    keys = iter(draw(st.permutations("abcdefghij123456789")))
    cut = draw(st.integers(0, len(names)))
    labels = [
        Label(
            name=name,
            definition=draw(PROSE),
            colour="#0a1B2c",
            examples=draw(PROSES),
            counter_examples=draw(PROSES),
            cues=draw(PROSES),
            hotkey=next(keys),
        )
        for name in names[:cut]
    ]
    questions = [
        Question(
            name=name,
            prompt=draw(PROSE),
            choice=draw(st.sampled_from(["single", "multiple"])),
            values=tuple(Value(name=value, definition=draw(PROSE), hotkey=draw(st.sampled_from([None, next(keys)]))) for value in ("yes", "no")),
        )
        for name in names[cut:]
    ]
    attributes = [
        {
            "name": "stance of it",
            "kind": "choice",
            "definition": draw(PROSE),
            "values": [{"name": value, "definition": draw(PROSE)} for value in "ab"],
        },
        {
            "name": "target of it",
            "kind": "actor",
            "definition": draw(PROSE),
            "examples": draw(PROSES),
            "labels": names[: min(1, cut)],
            "required": True,
        },
    ]
    actors = [{"name": draw(NAMES), "kind": "group", "aliases": draw(PROSES)}]
    source = draw(st.one_of(st.none(), PROSE))
    fixed = {
        "name": draw(NAMES),
        "version": "1.20.3",
        "title": draw(PROSE),
        "description": draw(PROSE),
        "instructions": draw(PROSE),
        "source": source,
        **draw(st.sampled_from([{}, {"attributes": attributes, "actors": actors}])),
    }
    try:
        return Codebook.model_validate({**fixed, "labels": labels, "questions": questions})
    except ValidationError as error:
        # A question may be called as a figure of the scores is, which no codebook can have.
        if "is there twice" not in str(error) and "two columns" not in str(error):
            raise
        reject()


@given(codebooks())
def test_a_codebook_written_as_toml_reads_back_equal(codebook: Codebook) -> None:
    again = parse_codebook(codebook.to_toml(), "test")
    assert again == codebook
    assert again.digest == codebook.digest


@pytest.mark.parametrize("name", list_codebooks())
def test_every_codebook_that_ships_loads_under_its_own_name_and_survives_writing(name: str) -> None:
    codebook = load_codebook(name)
    assert codebook.name == name
    assert parse_codebook(codebook.to_toml(), name) == codebook


def test_the_default_codebook_comes_first_in_the_list() -> None:
    assert list_codebooks()[0] == DEFAULT_CODEBOOK
    assert load_codebook().name == DEFAULT_CODEBOOK


def test_a_codebook_may_leave_scare_quotes_out_and_old_ones_keep_their_digest(codebook_toml: str) -> None:
    usual = parse_codebook(codebook_toml, "mine")
    said, strict = (parse_codebook(f"scare_quotes = {value}\n{codebook_toml}", "mine") for value in ("true", "false"))
    assert (usual.scare_quotes, strict.scare_quotes) == (True, False)
    assert usual.digest == said.digest != strict.digest
    assert parse_codebook(strict.to_toml(), "mine") == strict
    assert "scare_quotes" not in usual.to_json()


def test_a_question_may_be_required_and_old_codebooks_keep_their_digest() -> None:
    usual = load_codebook("babe")
    asked = usual.model_copy(update={"questions": tuple(one.model_copy(update={"required": True}) for one in usual.questions)})
    assert usual.questions
    assert "required" not in usual.to_json()
    assert asked.digest != usual.digest
    assert parse_codebook(asked.to_toml(), "mine") == asked


def test_the_digest_ignores_comments_and_sees_content(codebook_toml: str) -> None:
    codebook = parse_codebook(codebook_toml, "test")
    assert parse_codebook("# a comment\n" + codebook_toml, "test").digest == codebook.digest
    assert parse_codebook(codebook_toml.replace("It is.", "It is so."), "test").digest != codebook.digest
    assert codebook.stamp == "harbour 1.0.0"


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("definition = ", "defintion = ", "label Loaded: 'defintion' is no key of a label; perhaps 'definition' is meant"),
        ('hotkey = "y"', 'hot_key = "y"', "question bias, answer yes: 'hot_key' is no key of an answer; perhaps 'hotkey' is meant"),
        ('hotkey = "y"', 'version = "2.0.0"', "question bias, answer yes: 'version' is no key of an answer: write it above the first [[ ]]"),
        ('title = "Harbour"', 'title = "Harbour"\nby = "me"', "'by' is no key that is known here"),
        ('hotkey = "y"', 'hotkey = "1"', "hotkey '1' is there twice: label Loaded, and answer yes to bias"),
        (
            'hotkey = "y"',
            'hotkey = "ctrl"',
            "question bias, answer yes: hotkey has to be one of a-z and 0-9, or one with shift+ before it, such as shift+a",
        ),
        ('name = "no"', 'name = "YES"', "'YES' is there twice"),
        ('name = "bias"', 'name = "loaded"', "'loaded' is there twice"),
        ('choice = "single"', 'choice = "some"', "question bias: choice has to be 'single' or 'multiple', and is 'some'"),
        ('colour = "#112233"', 'colour = "red"', "label Loaded: colour has to be # and six of 0-9 and a-f, such as #D55E00, and is 'red'"),
        ('version = "1.0.0"', 'version = "one"', "version has to be three numbers, such as 1.0.0, and is 'one'"),
        ('version = "1.0.0"', "version = 1.0", "version has to be text in quotation marks, and is 1.0"),
        ('version = "1.0.0"', 'headlines = "perhaps"', "headlines has to be true or false, and is 'perhaps'"),
        ('name = "Loaded"', 'name = "Loaded<b>"', "label number 1: name has to be text without"),
        ('name = "Loaded"', 'name = "Two\\nlines"', "label number 1: name has to be text without"),
        ('name = "Loaded"', 'name = " "', "label number 1: name is empty"),
        ('cues = ["reckless"]', "cues = [1]", "label Loaded: number 1 of cues has to be text in quotation marks, and is 1"),
        ('cues = ["reckless"]', 'cues = "reckless"', "label Loaded: cues has to be a list in square brackets, and is 'reckless'"),
        ("[[labels]]", "[labels]", "labels has to be entries, each of which begins with [[labels]], and is a table"),
        ("[[labels]]", "[[labels]", "not valid TOML"),
    ],
)
def test_a_damaged_codebook_is_refused_with_the_place_of_the_fault(codebook_toml: str, old: str, new: str, fault: str) -> None:
    assert old in codebook_toml
    with pytest.raises(FramingError, match=re.escape(fault)) as caught:
        parse_codebook(codebook_toml.replace(old, new, 1), "mine.toml")
    assert not PYDANTIC.search(str(caught.value))
    assert caught.value.where == "mine.toml"


def test_a_question_needs_two_values_and_a_codebook_needs_something_to_ask(codebook_toml: str) -> None:
    with pytest.raises(FramingError, match="question bias: values has to be at least 2 long, and is a list of 1"):
        parse_codebook(codebook_toml[: codebook_toml.rindex("[[questions.values]]")], "test")
    with pytest.raises(FramingError, match="at least one label or question"):
        parse_codebook(codebook_toml[: codebook_toml.index("[[labels]]")], "test")


@pytest.mark.parametrize("name", ["words", "model", "language", "Outlet", "smog_index"])
def test_a_question_has_no_name_that_a_column_of_articles_or_scores_has(codebook_toml: str, name: str) -> None:
    with pytest.raises(FramingError, match=f"the name '{name.lower()}' would be that of two columns of scores"):
        parse_codebook(codebook_toml.replace('name = "bias"', f'name = "{name}"'), "test")


def test_all_faults_are_said_in_one_line_and_what_follows_from_one_is_not(codebook_toml: str) -> None:
    damaged = codebook_toml.replace("name =", "nmae =").replace("colour = ", "color = ").replace('choice = "single"', "choice = 2")
    with pytest.raises(FramingError) as caught:
        parse_codebook(damaged, "mine.toml")
    assert str(caught.value).startswith("mine.toml: label number 1: 'nmae' is no key of a label; perhaps 'name' is meant")
    assert "and 2 more. `framing codebook new FILE`" in str(caught.value)
    assert "missing" not in str(caught.value)


SMALL = """
name = "small"
instructions = "Read."

[[labels]]
name = "Blame"
definition = "Who is at fault."

[[labels]]
name = "Praise"
definition = "Who did well."

[[questions]]
name = "bias"
prompt = "Is it biased?"
values = ["yes", "no", {name = "unclear", definition = "It is for both sides."}]
"""


def test_what_follows_from_the_rest_need_not_be_written_and_is_written_out() -> None:
    codebook = parse_codebook(SMALL, "small.toml")
    assert (codebook.version, codebook.title, codebook.description) == ("1.0.0", "small", "small")
    assert len({label.colour for label in codebook.labels}) == 2
    question = codebook.questions[0]
    assert (question.choice, [value.definition for value in question.values]) == ("single", ["yes", "no", "It is for both sides."])
    assert parse_codebook(codebook.to_toml(), "small.toml").digest == codebook.digest


UNDER_A_LABEL = """
[[labels.attributes]]
name = "stance"
kind = "choice"
definition = "Whom it is against."

[[labels.attributes.values]]
name = "against"
definition = "It makes somebody look bad."

[[labels.attributes.values]]
name = "for"
definition = "It makes somebody look good."
"""
TWO_LABELS = """
name = "two"
version = "1.0.0"
title = "Two labels"
description = "For a test."
instructions = "Read."

[[labels]]
name = "Praise"
definition = "Praise."
colour = "#0072B2"
{attributes}
[[labels]]
name = "Blame"
definition = "Blame."
colour = "#D55E00"
{attributes}
"""


def test_an_attribute_under_several_labels_is_one_that_is_asked_of_these() -> None:
    codebook = parse_codebook(TWO_LABELS.format(attributes=UNDER_A_LABEL), "test")
    assert [(attribute.name, attribute.labels, attribute.value_names) for attribute in codebook.attributes] == [
        ("stance", ("Praise", "Blame"), ["against", "for"])
    ]
    assert codebook.attributes_of("Praise") == list(codebook.attributes)
    other = TWO_LABELS.replace("{attributes}", UNDER_A_LABEL, 1).format(attributes=UNDER_A_LABEL.replace("bad", "worse"))
    with pytest.raises(FramingError, match="name 'stance' is there twice"):
        parse_codebook(other, "test")


def test_an_attribute_without_labels_is_asked_of_every_span() -> None:
    anywhere = UNDER_A_LABEL.replace("labels.attributes", "attributes")
    codebook = parse_codebook(TWO_LABELS.format(attributes="") + anywhere, "test")
    assert [codebook.attributes_of(label) for label in codebook.label_names] == [list(codebook.attributes)] * 2
    assert parse_codebook(codebook.to_toml(), "test") == codebook


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ('kind = "choice"', 'kind = "actor"', "attribute 'stance' has values, and its kind is actor"),
        ('name = "for"', 'name = "Against"', "value of stance 'Against' is there twice"),
        ('name = "stance"', 'name = "voice"', "the name 'voice' would be that of two columns of spans"),
        ('name = "stance"', 'name = "Blame"', "name 'Blame' is there twice"),
        ('kind = "choice"', 'kind = "choice"\nlabels = ["Pity"]', "asked of a label 'Pity', which there is not"),
        ('kind = "choice"', 'kind = "choice"\nhotkey = "x"', "attribute stance: 'hotkey' is no key of an attribute, which may have name, kind"),
    ],
)
def test_a_damaged_attribute_is_refused_with_its_fault(old: str, new: str, fault: str) -> None:
    damaged = UNDER_A_LABEL.replace("labels.attributes", "attributes").replace(old, new)
    with pytest.raises(FramingError, match=fault):
        parse_codebook(TWO_LABELS.format(attributes="") + damaged, "test")


def test_actors_of_a_file_take_the_place_of_those_of_the_same_name(tmp_path: Path, codebook_toml: str) -> None:
    (tmp_path / "actors.toml").write_text(
        '[[actors]]\nname = "Board"\nkind = "group"\n[[actors]]\nname = "Mill"\nkind = "person"\n', encoding="utf-8"
    )
    codebook = parse_codebook(codebook_toml + '\n[[actors]]\nname = "board"\nkind = "institution"\n', "test")
    found = codebook.with_actors(load_actors(tmp_path / "actors.toml")).actors
    assert [(actor.name, actor.kind) for actor in found] == [("Board", "group"), ("Mill", "person")]
    with pytest.raises(FramingError, match=r"no such file of actors.*framing actors"):
        load_actors(tmp_path / "none.toml")
    (tmp_path / "actors.toml").write_text("actors = []", encoding="utf-8")
    with pytest.raises(FramingError, match=r"actors.toml.*actors"):
        load_actors(tmp_path / "actors.toml")


def test_no_two_actors_have_one_name(codebook_toml: str) -> None:
    actor = '\n[[actors]]\nname = "Harbour Board"\nkind = "institution"\naliases = ["the board"]\n'
    assert parse_codebook(codebook_toml + actor, "test").actors[0].aliases == ("the board",)
    with pytest.raises(FramingError, match="actor 'Harbour Board' is there twice"):
        parse_codebook(codebook_toml + actor + actor, "test")


def test_all_columns_of_articles_and_scores_are_known_to_codebooks() -> None:
    assert {*Articles.column_names(), *ScoredArticles.column_names()} <= {*COLUMNS, *FIGURES}
    assert ScoredSpans.column_names() == [*SPAN_COLUMNS]


def test_what_stands_between_several_answers_stands_in_none(codebook_toml: str) -> None:
    text = codebook_toml.replace('name = "no"', 'name = "no; never"')
    assert parse_codebook(text, "test")
    with pytest.raises(FramingError, match="stands between several answers"):
        parse_codebook(text.replace('choice = "single"', 'choice = "multiple"'), "test")


def test_a_codebook_of_the_users_own_is_loaded_by_its_path(tmp_path: Path, codebook_toml: str) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(codebook_toml, encoding="utf-8")
    assert load_codebook(path).label_names == ["Loaded"]
    question = load_codebook(str(path)).question("bias")
    assert question is not None
    assert question.value_names == ["yes", "no"]


def test_a_codebook_that_is_not_there_is_an_error_that_names_those_that_are() -> None:
    with pytest.raises(FramingError, match=DEFAULT_CODEBOOK):
        load_codebook("loded-language")


def test_a_codebook_in_another_encoding_or_a_folder_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "latin.toml"
    path.write_bytes('title = "café"'.encode("latin-1"))
    for wrong in (path, tmp_path):
        with pytest.raises(FramingError, match=r"cannot be read|is a folder"):
            load_codebook(wrong)


def test_a_codebook_of_thousands_of_labels_or_of_a_book_of_prose_is_one_line(codebook_toml: str) -> None:
    label = '\n[[labels]]\nname = "L{}"\ndefinition = "d"\ncolour = "#112233"\n'
    many = codebook_toml + "".join(label.format(i) for i in range(1001))
    for text, said in ((many, "at most 1000"), (codebook_toml.replace("A word that judges.", "x" * 20_001), "at most 20000")):
        with pytest.raises(FramingError, match=said) as caught:
            parse_codebook(text, "mine.toml")
        assert len(str(caught.value)) <= 600
