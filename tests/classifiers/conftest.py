from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from annotate.corpora.babe import read as read_babe
from annotate.gold.adjudication import adjudicate
from classifiers.evaluation.crossvalidation import evaluate
from classifiers.features import vectors
from classifiers.features.company import Company
from classifiers.model.folder import save_model
from classifiers.model.model import Model
from classifiers.training.recipe import Recipe
from classifiers.training.targets import Task, make_task
from classifiers.training.training import train
from schemas.codebook import Codebook
from schemas.dataset import Dataset
from schemas.tables import Annotations, Articles, Gold, conform
from tests.samples import plain_sample

BABE = Path(__file__).parents[3] / "shared" / "data" / "babe"


@pytest.fixture(scope="session")
def english() -> Company:
    """The vectors that ship, all of them."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(vectors, "MOST_WORDS", 80_000)
        return vectors.read_vectors(vectors.ENGLISH)


@pytest.fixture(scope="session")
def sample() -> Dataset:
    # Half of it, and nothing said of its spans: enough to learn from, and a third as long to train on.
    dataset = plain_sample()
    return replace(dataset, gold=adjudicate(dataset))


@pytest.fixture(scope="session")
def whole_task(sample: Dataset) -> Task:
    return make_task(sample)


@pytest.fixture(scope="session")
def task(whole_task: Task) -> Task:
    """Every third article of the sample: all outlets, and seconds to train on."""
    return whole_task.take(range(0, len(whole_task), 3))


@pytest.fixture(scope="session")
def model(task: Task) -> Model:
    return train(task)


@pytest.fixture(scope="session")
def evaluation(whole_task: Task, sample: Dataset) -> dict[str, Any]:
    """Of every second article of the sample, on as many processors as there are."""
    return evaluate(whole_task.take(range(0, len(whole_task), 2)), sample.articles, folds=2)


@pytest.fixture
def model_folder(model: Model, tmp_path: Path) -> Path:
    save_model(model, tmp_path / "model")
    return tmp_path / "model"


@pytest.fixture(scope="session")
def codebook() -> Codebook:
    """Two labels, a question with one answer and one with several."""
    values = ({"name": "Yes", "definition": "It is."}, {"name": "No", "definition": "It is not."})
    return Codebook.model_validate(
        {
            "name": "small",
            "version": "1.0.0",
            "title": "Small",
            "description": "Two labels and two questions.",
            "instructions": "Tag what judges.",
            "labels": [
                {"name": "Loaded", "definition": "It judges.", "colour": "#D55E00", "cues": ["zorgish", "power grab", "grab"]},
                {"name": "Scare", "definition": "Held at arm's length.", "colour": "#0072B2"},
            ],
            "questions": [
                {"name": "biased", "prompt": "Biased?", "choice": "single", "values": values},
                {
                    "name": "topics",
                    "prompt": "What is it about?",
                    "choice": "multiple",
                    "values": [{"name": "Money", "definition": "Costs."}, {"name": "Law", "definition": "Courts."}],
                },
            ],
        }
    )


@pytest.fixture(scope="session")
def dataset_of(codebook: Codebook) -> Callable[..., Dataset]:
    """A dataset from texts by article_id and, by article_id and annotator, pairs of (label, quote) or (question, value).

    An annotator with no pairs has read the article and marked nothing.
    """

    def build(
        texts: Mapping[str, str],
        readings: Mapping[str, Mapping[str, Sequence[tuple[str, str]]]],
        *,
        outlets: Mapping[str, str] | None = None,
        urls: Mapping[str, str] | None = None,
        book: Codebook = codebook,
    ) -> Dataset:
        rows: list[dict[str, Any]] = []
        for article, annotators in readings.items():
            for annotator, pairs in annotators.items():
                blank = {"article_id": article, "annotator": annotator, "origin": "manual"}
                for name, content in pairs:
                    if book.question(name):
                        rows.append(blank | {"label": name, "value": content})
                    else:
                        start = texts[article].index(content)
                        rows.append(blank | {"label": name, "start": start, "end": start + len(content), "quote": content})
                if not pairs:
                    rows.append(blank)
        columns = dict(Annotations.create_empty().schema)
        annotations = conform(pl.DataFrame([{name: row.get(name) for name in columns} for row in rows], schema=columns), Annotations, "test")
        known = {name: [(values or {}).get(article) for article in texts] for name, values in (("outlet", outlets), ("url", urls))}
        articles = pl.DataFrame({"article_id": list(texts), "text": list(texts.values())} | known)
        dataset = Dataset(conform(articles, Articles, "test"), annotations, None, book)
        return replace(dataset, gold=adjudicate(dataset))

    return build


@pytest.fixture(scope="session")
def small_dataset(dataset_of: Callable[..., Dataset]) -> Dataset:
    """Twelve short articles of four outlets: both annotators mark the same invented word wherever it stands."""
    texts, readings, outlets = {}, {}, {}
    for i in range(12):
        loaded = i % 2 == 0
        texts[f"a{i}"] = (
            f"The council met on day {i}. Its {'zorgish' if loaded else 'careful'} plan costs {i + 3} coins.\nThe vote is due in week {i}."
        )
        pairs = (
            [("Loaded", "zorgish"), ("biased", "Yes"), ("topics", "Money"), ("topics", "Law")] if loaded else [("biased", "No"), ("topics", "Money")]
        )
        readings[f"a{i}"] = {"ada": pairs, "ben": pairs}
        outlets[f"a{i}"] = f"outlet {i % 4}"
    dataset: Dataset = dataset_of(texts, readings, outlets=outlets)
    return dataset


@pytest.fixture(scope="session")
def small_task(small_dataset: Dataset) -> Task:
    return make_task(small_dataset)


@pytest.fixture(scope="session")
def headed(small_dataset: Dataset) -> Dataset:
    """The same articles, all under one headline, in which both annotators mark a word; of the last article nobody has read it."""
    headline = "A zorgish plan for the council"
    span = {"label": "Loaded", "part": "title", "start": 2, "end": 9, "quote": "zorgish"}
    rows = [{"article_id": f"a{i}", **span} for i in range(11)]
    annotations, gold = small_dataset.require_annotations("test"), small_dataset.require_gold("test")
    marks = [row | {"annotator": name, "origin": "manual"} for row in rows for name in ("ada", "ben")]
    marked, decided = pl.DataFrame(marks), pl.DataFrame(rows).with_columns(support=pl.lit(1.0), rule=pl.lit("test"))
    tables = [pl.concat(pair, how="diagonal_relaxed") for pair in ((annotations, marked), (gold, decided))]
    return replace(small_dataset, articles=small_dataset.articles.with_columns(title=pl.lit(headline)), annotations=tables[0], gold=tables[1])


@pytest.fixture(scope="session")
def small_articles() -> pl.DataFrame:
    """The table that belongs to small_task, as far as grouping needs it."""
    return pl.DataFrame({"article_id": [f"a{i}" for i in range(12)], "outlet": [f"outlet {i % 4}" for i in range(12)], "url": [None] * 12})


@pytest.fixture(scope="session")
def small_model(small_task: Task) -> Model:
    return train(small_task)


@pytest.fixture(scope="session")
def stances() -> Dataset:
    """Twenty-four short articles in which somebody praises a mayor, slams one or meets one: the mayor is marked, with the stance towards them.
    The attribute `manner` is asked of another label, and `wishes` has no values."""
    values = [{"name": name, "definition": f"The wording is {name}."} for name in ("against", "for", "neither")]
    attributes = [
        {"name": "stance", "kind": "choice", "definition": "What the wording is to them.", "labels": ["Person"], "values": values},
        {"name": "manner", "kind": "choice", "definition": "How.", "labels": ["Thing"], "values": values[:2]},
        {"name": "wishes", "kind": "text", "definition": "What else there is to say."},
    ]
    labels = [{"name": name, "definition": f"A {name}.", "colour": "#D55E00"} for name in ("Person", "Thing")]
    about = {"name": "stances", "version": "1.0.0", "title": "Stances", "description": "Mayors.", "instructions": "Mark mayors."}
    book = Codebook.model_validate({**about, "labels": labels, "attributes": attributes})
    articles, rows = [], []
    for i in range(24):
        verb, stance = (("slammed", "against"), ("praised", "for"), ("met", "neither"))[i % 3]
        text = f"The council {verb} mayor Wick on day {i}. It rained."
        articles.append({"article_id": f"s{i}", "text": text})
        span = {"article_id": f"s{i}", "annotator": "ada", "origin": "manual", "label": "Person", "quote": "Wick"}
        span |= {"start": text.index("Wick"), "end": text.index("Wick") + 4}
        rows += [span, span | {"attribute": "stance", "value": stance}, span | {"attribute": "wishes", "value": "none"}]
    columns = dict(Annotations.create_empty().schema)
    annotations = conform(pl.DataFrame([{name: row.get(name) for name in columns} for row in rows], schema=columns), Annotations, "test")
    gold = annotations.select("article_id", "label", "start", "end", "quote", "attribute", "value", support=pl.lit(1.0), rule=pl.lit("test"))
    return Dataset(conform(pl.DataFrame(articles), Articles, "test"), annotations, conform(gold, Gold, "test"), book)


@pytest.fixture(scope="session")
def stance_model(stances: Dataset) -> Model:
    return train(make_task(stances))


@pytest.fixture
def stance_folder(stance_model: Model, tmp_path: Path) -> Path:
    save_model(stance_model, tmp_path / "model")
    return tmp_path / "model"


@pytest.fixture(scope="session")
def page_task(dataset_of: Callable[..., Dataset]) -> Task:
    """Twelve pages of three parts each: of a biased page every part is said to be biased, though one of them is written calmly."""
    texts, readings, urls = {}, {}, {}
    for i in range(36):
        page, part = divmod(i, 3)
        biased = page % 2 == 0
        word, label = ("zorgish", "Loaded") if page % 4 == 0 else ("dreadful", "Scare")
        loaded, court = biased and part != 2, page % 3 == 0
        texts[f"a{i}"] = (
            f"On day {i} the {word if loaded else 'careful'} plan of the {'court' if court else 'council'} cost {i + 3} coins. It is due."
        )
        pairs = [(label, word)] if loaded else []
        pairs += [("biased", "Yes" if biased else "No"), ("topics", "Law" if court else "Money")]
        readings[f"a{i}"] = {"ada": pairs, "ben": pairs}
        urls[f"a{i}"] = f"https://gull.example/{page}"
    return make_task(dataset_of(texts, readings, urls=urls))


@pytest.fixture(scope="session")
def leaflets(dataset_of: Callable[..., Dataset], codebook: Codebook) -> Task:
    """Another corpus, of another codebook: one label, and no questions."""
    label = codebook.labels[1].model_copy(update={"name": "Praise"})
    book = codebook.model_copy(update={"name": "leaflets", "labels": (label,), "questions": ()})
    texts = {f"l{i}": f"Our {'splendid' if i % 2 else 'new'} and zorgish harbour opened on day {i}. The gulls cried." for i in range(8)}
    readings = {name: {"eve": [("Praise", "splendid")] if "splendid" in text else []} for name, text in texts.items()}
    return make_task(dataset_of(texts, readings, book=book))


@pytest.fixture(scope="session")
def page_model(page_task: Task, leaflets: Task) -> Model:
    """A model with everything that a model can have: labels, both kinds of questions, parts of pages and an auxiliary corpus."""
    return train(page_task, Recipe(auxiliaries={"leaflets": leaflets}))


@pytest.fixture(scope="session")
def babe() -> Dataset:
    """BABE as it was published, where it is on this machine."""
    if not BABE.is_dir():
        pytest.skip("BABE is not here")
    return read_babe(BABE).dataset()
