"""As what somebody is framed: shares of the spans about an actor, of scores that people correct."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from classifiers import load_model, save_model
from exports.report.correction import tabulate_shares
from framing.attributing import estimate_attributes, estimate_framed
from schemas.codebook import Actor
from schemas.dataset import Dataset, write_dataset
from schemas.errors import FramingError
from schemas.files import digest_text
from schemas.tables import Articles, Gold, conform
from tests.commands import catch_fault, run_well

STARTER = load_model()
CODEBOOK = STARTER.codebook.model_copy(update={"actors": (Actor(name="Board", kind="group"), Actor(name="Mill", kind="group"))})
MODEL = replace(
    STARTER, codebook=CODEBOOK, bag=replace(STARTER.bag, heads=()), spans=None, labels=None, sentences=None, questions={}, attributes={}, stages={}
)
TEXT = "bad bad bad bad bad bad quiet words of nobody"
LayOut = Callable[..., tuple[Path, Path]]
# Of each article the stances of its spans about the Board, as the model and as people say: None where nobody coded it.
Study = dict[str, tuple[list[str | None], list[str | None] | None]]


@pytest.fixture
def lay_out(tmp_path: Path) -> LayOut:
    """Write the scores, the dataset with gold and the model of a study; of `outlet` an article's first sign says which."""

    def write(study: Study, *, seen: tuple[str, ...] = ()) -> tuple[Path, Path]:
        texts = {name: f"{TEXT} {name}" for name in study}
        training = [{"article_id": name, "text_digest": digest_text(texts[name])[:16], "fold": 0} for name in seen]
        table = pl.DataFrame(training, schema={"article_id": pl.String, "text_digest": pl.String, "fold": pl.Int64})
        digest = save_model(MODEL, tmp_path / "model", table)
        (tmp_path / "scores").mkdir()
        figures = {f"density_{name}{end}": 0.0 for name in CODEBOOK.label_names for end in ("", "_quoted")}
        figures |= {f"{question.name}_{value}": 0.1 for question in CODEBOOK.questions for value in question.value_names}
        rows = [{"article_id": name, "words": 9, **figures, "model": "m", "outlet": name[0].upper()} for name in study]
        pl.DataFrame(rows).write_parquet(tmp_path / "scores" / "articles.parquet")
        found = [
            {
                "article_id": name,
                "label": CODEBOOK.label_names[0],
                "part": "text",
                "start": 4 * k,
                "end": 4 * k + 3,
                "text": "bad",
                "probability": 0.9,
            }
            | {"voice": "narrator", "speaker": None, "target": "Board", "target_probability": 0.9, "stance": stance, "stance_probability": 0.9}
            for name, (stances, _) in study.items()
            for k, stance in enumerate(stances)
        ]
        # What a headline or a quotation says is not counted, nor what is about others.
        others = [found[0] | change for change in ({"part": "title"}, {"voice": "quoted"}, {"target": "Mill"}, {"target": None})] * 20
        pl.DataFrame([*found, *others], infer_schema_length=None).write_parquet(tmp_path / "scores" / "spans.parquet")
        facts = {"model": digest, "model_folder": str(tmp_path / "model"), "inputs": {}}
        (tmp_path / "scores" / "run.json").write_text(json.dumps(facts))
        gold = []
        for name, stances in ((name, coded) for name, (_, coded) in study.items() if coded is not None):
            gold.append({"article_id": name, "support": 1.0, "rule": "r"})
            for k, stance in enumerate(stances):
                span = gold[0] | {"article_id": name, "label": CODEBOOK.label_names[0], "start": 4 * k, "end": 4 * k + 3, "quote": "bad"}
                said = [("target", "Board"), *([("stance", stance)] if stance else [])]
                gold += [span, *(span | {"attribute": attribute, "value": value} for attribute, value in said)]
        own = pl.DataFrame([{"article_id": name, "text": texts[name]} for name, (_, coded) in study.items() if coded is not None])
        marked = pl.DataFrame(gold, schema={name: kind for name, kind in Gold.create_empty().schema.items() if name != "part"})
        write_dataset(tmp_path / "coded", Dataset(conform(own, Articles, "test"), None, conform(marked, Gold, "test"), CODEBOOK))
        return tmp_path / "scores", tmp_path / "coded"

    return write


def study(coded: int = 30, others: int = 150) -> Study:
    """Outlet G: the model takes half of what is for the Board to be against it."""
    chance = np.random.default_rng(2)
    made: Study = {}
    for number in range(coded + others):
        true = [str(value) for value in chance.choice(["against", "for"], size=chance.integers(0, 4), p=[0.3, 0.7])]
        seen = ["against" if value == "for" and chance.random() < 0.5 else value for value in true]
        made[f"g{number}"] = (list(seen), list(true) if number < coded else None)
    return made


def test_shares_of_the_spans_about_an_actor_are_corrected(lay_out: LayOut, tmp_path: Path) -> None:
    made = study()
    found = estimate_attributes(*lay_out(made | {"h0": ([], None)}), ["stance"], ["Board"])
    assert [measure.name for measure in found.measures] == [f"stance_{value}_about_Board" for value in ("against", "for", "neither")]
    against = found.estimates["stance_against_about_Board"]["G"]
    true = [stances for _, stances in made.values() if stances]
    assert (against.coded, against.kind) == (len(true), "share")
    assert against.human is not None
    assert against.human.value == pytest.approx(sum(s.count("against") for s in true) / sum(map(len, true)))
    assert against.naive.value > 0.6
    assert against.corrected is not None
    assert against.corrected.value < 0.45
    assert against.corrected.width is not None
    shares = [found.estimates[measure.name]["G"].human for measure in found.measures]
    assert sum(share.value for share in shares if share) == pytest.approx(1)
    framed = estimate_framed(tmp_path / "scores", tmp_path / "coded")
    assert framed is not None
    assert {measure.about.actor for measure in framed.measures if measure.about} == {"Board", "Mill"}
    (figure,) = tabulate_shares(framed.estimates, framed.measures, "outlet")
    assert figure.table.rows[0][:5] == ["Board", "G", against.coded + against.uncoded, against.coded, against.corrected.value]
    assert found.notices[-1] == "the model found no span about Board with a stance in, so left out are: H"


def test_the_command_shows_each_value_and_says_where_too_few_are_coded(lay_out: LayOut) -> None:
    few: Study = {f"g{i}": (["against"], ["for"] if i < 3 else None) for i in range(20)}
    scores, coded = lay_out(few)
    said, _ = run_well("estimate", scores, "--gold", coded, "--measure", "stance", "--about", "Board")
    assert "stance_for_about_Board by outlet: share of the spans about Board; articles and coded are those with such spans" in said
    assert "Without an interval, with fewer than 5 coded articles: G." in said


def test_what_cannot_be_estimated_is_refused_in_one_line(lay_out: LayOut) -> None:
    scores, coded = lay_out(study(2, 2))
    for options, said in (
        (("stance",), "shares are of the spans about somebody"),
        (("stance", "--about", "Nobody"), "there is no actor 'Nobody'"),
        (("target", "--about", "Board"), "no such measure 'target'"),
        (("stance", "--measure", "density", "--about", "Board"), "stance is said of spans, and other measures of articles"),
        (("stance", "--about", "Board", "--coder", "gpt"), "attributes of coders' spans are not estimated"),
    ):
        assert said in str(catch_fault("estimate", scores, "--gold", coded, "--measure", *options))


def test_scores_that_do_not_say_it_and_articles_the_model_was_trained_on_are_refused(lay_out: LayOut) -> None:
    made = study(4, 4)
    folders = lay_out(made, seen=("g1",))
    with pytest.raises(FramingError, match=r"trained on 1 of the coded articles.*Code other articles"):
        estimate_attributes(*folders, ["stance"], ["Board"])
    spans = pl.read_parquet(folders[0] / "spans.parquet").drop("stance", "stance_probability")
    spans.write_parquet(folders[0] / "spans.parquet")
    with pytest.raises(FramingError, match="do not say stance of spans"):
        estimate_attributes(*folders, ["stance"], ["Board"])
