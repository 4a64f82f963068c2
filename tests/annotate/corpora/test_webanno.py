"""WebAnno TSV 3: spans over tokens, parts of tokens and sentences, in UTF-16 units of a text that is put together again."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from annotate.corpora.webanno import read
from schemas.codebook import Codebook, load_codebook
from schemas.dataset import Dataset
from schemas.errors import FramingError

Put = Callable[[str, object], Path]
HEAD = "#FORMAT=WebAnno TSV 3.2\n#T_SP=webanno.custom.Loaded|value\n\n\n"
Sentence = tuple[str, list[tuple[str, str]]]


def units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def write(*sentences: Sentence, head: str = HEAD, gap: int = 1) -> str:
    """A file of sentences (text, [(token, its columns)])."""
    lines, begin = [], 0
    for number, (text, tokens) in enumerate(sentences, start=1):
        lines.append("#Text=" + text.replace("\\", "\\\\").replace("\t", "\\t"))
        at = 0
        for count, (token, columns) in enumerate(tokens, start=1):
            at = text.index(token, at)
            start = begin + units(text[:at])
            lines.append(f"{number}-{count}\t{start}-{start + units(token)}\t{token}\t{columns}\t")
            at += len(token)
        lines.append("")
        begin += units(text) + gap
    return head + "\n".join(lines)


def found(dataset: Dataset) -> list[tuple[Any, ...]]:
    assert dataset.gold is not None
    return dataset.gold.select("label", "start", "quote").rows()


def test_a_span_over_several_tokens_is_one_and_stacked_ones_are_two(put: Put) -> None:
    tokens = [("A", "_"), ("savage", "Loud[1]|Rude[2]"), ("plan", "Loud[1]"), ("!", "Rude")]
    dataset = read(put("a.tsv", write(("A savage plan!", tokens))), None, {}).dataset()
    assert found(dataset) == [("Loud", 2, "savage plan"), ("Rude", 2, "savage"), ("Rude", 13, "!")]
    assert dataset.articles.select("article_id", "text").rows() == [("a", "A savage plan!")]
    assert dataset.codebook is not None
    assert dataset.codebook.label_names == ["Loud", "Rude"]


def test_offsets_are_utf_16_units_and_become_code_points(put: Put) -> None:
    text = "🚢🚢 A savage plan"
    dataset = read(put("a.tsv", write((text, [("🚢🚢", "_"), ("savage", "Loud")]), ("Again 🚢 savage.", [("savage", "Loud")]))), None, {}).dataset()
    assert found(dataset) == [("Loud", 5, "savage"), ("Loud", 25, "savage")]


def test_what_stands_between_sentences_becomes_line_ends(put: Put) -> None:
    dataset = read(put("a.tsv", write(("One.", [("One", "_")]), ("Two.", [("Two", "Loud")]), gap=2)), None, {}).dataset()
    assert dataset.articles["text"].to_list() == ["One.\n\nTwo."]


def test_a_sentence_of_two_lines_and_a_span_across_sentences_are_kept(put: Put) -> None:
    content = HEAD + "#Text=One\n#Text=two.\n1-1\t0-3\tOne\tLoud[1]\t\n1-2\t4-7\ttwo\tLoud[1]\t\n\n#Text=Three.\n2-1\t9-14\tThree\tLoud[1]\t\n"
    assert found(read(put("a.tsv", content), None, {}).dataset()) == [("Loud", 0, "One\ntwo.\nThree")]


def test_part_of_a_token_may_be_marked(put: Put) -> None:
    content = HEAD + "#Text=unfair\n1-1\t0-6\tunfair\t_\t\n1-1.1\t0-2\tun\tLoud\t\n"
    assert found(read(put("a.tsv", content), None, {}).dataset()) == [("Loud", 0, "un")]


def test_escapes_are_undone_in_labels_and_texts(put: Put) -> None:
    dataset = read(put("a.tsv", write(("C:\\new a_b", [("a_b", "Very\\_loud\\|rude")]))), None, {}).dataset()
    assert dataset.articles["text"].to_list() == ["C:\\new a_b"]
    assert found(dataset) == [("Very_loud|rude", 7, "a_b")]


def test_a_layer_without_a_value_lends_its_name_and_the_label_is_the_feature_called_value(put: Put) -> None:
    head = "#FORMAT=WebAnno TSV 3.3\n#T_SP=custom.Mark\n#T_SP=api.ner.type.NamedEntity|identifier|value\n\n"
    content = head + "#Text=A savage plan\n1-1\t2-8\tsavage\t*[1]\tQ1\tLoud\t\n1-2\t9-13\tplan\t*[1]\t_\t_\t\n"
    collection = read(put("a.tsv", content), None, {})
    assert found(collection.dataset()) == [("Mark", 2, "savage plan"), ("Loud", 2, "savage")]
    assert list(collection.notices) == ["feature 'identifier' of NamedEntity, left out: layers"]


def test_features_that_the_codebook_asks_for_are_attributes(put: Put, who: Codebook, said: Callable[..., Any]) -> None:
    head = "#FORMAT=WebAnno TSV 3.3\n#T_SP=custom.Mark|stance|label|target|mood\n\n"
    rows = "1-1\t2-8\tsavage\tfor[1]\tLoud[1]\tthe\\_rat[1]\t_\t\n1-2\t9-13\tplan\tfor[1]|_\tLoud[1]|Named\tthe\\_rat[1]|_\t*[1]|_\t\n"
    collection = read(put("a.tsv", head + "#Text=A savage plan\n" + rows), who, {})
    dataset = collection.dataset()
    assert found(dataset)[0] == ("Loud", 2, "savage plan")
    assert said(dataset.gold) == [("savage plan", "stance", "for"), ("savage plan", "target", "the_rat")]
    assert list(collection.notices) == ["feature 'mood' of Mark, left out: layers"]


def test_grammar_chains_and_relations_are_left_out_and_counted(put: Put) -> None:
    head = (
        "#FORMAT=WebAnno TSV 3.2\n#T_SP=de.tudarmstadt.ukp.dkpro.core.api.lexmorph.type.pos.POS|PosValue\n#T_SP=webanno.custom.Loaded|value\n"
        "#T_CH=api.coref.type.CoreferenceLink|referenceType|referenceRelation\n"
        "#T_RL=api.syntax.type.dependency.Dependency|DependencyType|BT_api.lexmorph.type.pos.POS\n\n"
    )
    content = head + "#Text=A plan\n1-1\t0-1\tA\tDET\t_\t_\t_\t_\t_\t\n1-2\t2-6\tplan\tNOUN\tLoud\tx->1-1\ty\tnsubj\t1-1\t\n"
    collection = read(put("a.tsv", content), None, {})
    assert found(collection.dataset()) == [("Loud", 2, "plan")]
    assert set(collection.notices) == {
        "words described by POS, left out: layers",
        "chains of CoreferenceLink, left out: layers",
        "relations of Dependency, left out: layers",
    }


def test_in_an_exported_project_the_files_of_a_document_are_its_annotators(put: Put, corpus: Path) -> None:
    for name, label in (("annotation/one.txt/ada", "Loud"), ("annotation/one.txt/ben", "_"), ("curation/one.txt/CURATION_USER", "Loud")):
        put(f"{name}.tsv", write(("A savage plan", [("savage", label)])))
    dataset = read(corpus, None, {}).dataset()
    assert dataset.articles["article_id"].to_list() == ["one"]
    assert dataset.annotations is not None
    assert dataset.annotations.select("annotator", "label", "quote").rows() == [("ada", "Loud", "savage"), ("ben", None, None)]
    assert found(dataset) == [("Loud", 2, "savage")]


def test_names_are_mapped_to_a_codebook(put: Put) -> None:
    path = put("a.tsv", write(("A savage plan", [("savage", "Loud")])))
    assert found(read(path, load_codebook("babe"), {"Loud": "biased_words"}).dataset()) == [("biased_words", 2, "savage")]


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        ("#FORMAT=WebAnno TSV 2.0\n", "does not begin with #FORMAT=WebAnno TSV 3"),
        (HEAD + "#Text=A plan\n1-1\t2-6\tplot\tLoud\t\n", "the token of line 6 is not the text at its offsets"),
        (HEAD + "#Text=A plan\n1-1\tplan\n", "line 6 has no offsets and no token"),
        (HEAD + "#Text=A plan\n1-1\t0-1\tA\tLoud\t\n\n#Text=B\n2-1\t3-4\tB\t_\t\n", "begins before the one above it ends"),
        (HEAD + "#Text=A plan\n1-1\t0-1\tA\t_\t\n", "has no label and no answer"),
    ],
)
def test_a_file_that_is_not_sound_is_refused(put: Put, content: str, fault: str) -> None:
    with pytest.raises(FramingError) as caught:
        read(put("a.tsv", content), None, {})
    assert fault in caught.value.what


def test_among_several_the_unsound_file_is_set_aside(put: Put, corpus: Path, reasons: Callable[[Dataset], list[str]]) -> None:
    put("a.tsv", write(("A savage plan", [("savage", "Loud")])))
    put("b.tsv", "#FORMAT=other\n")
    dataset = read(corpus, None, {}).dataset()
    assert found(dataset) == [("Loud", 2, "savage")]
    assert reasons(dataset) == ["the file cannot be read"]
