"""A model is a folder that is safe to open: a table of weights, a JSON file and a card. Nothing in it is executed."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from pydantic import ValidationError

from classifiers.bag import SUMMARY, BagSpace
from classifiers.card import write_card
from classifiers.features import Feature
from classifiers.model import Calibration, Decoding, Head, Model
from classifiers.window import Column, Floats, space_of
from schemas.codebook import Codebook
from schemas.dataset import read_parquet
from schemas.errors import FramingError
from schemas.files import digest_file, digest_text, replace_files

__all__ = ["STARTER", "load_model", "model_digest", "save_model"]

STARTER = Path(__file__).parent / "starter"
FORMAT, FORMAT_VERSION = "framing-toolkit model", 1
WEIGHTS, FACTS, CARD = "weights.parquet", "model.json", "MODEL_CARD.md"
SCHEMA = {"head": pl.String, "label": pl.String, "kind": pl.String, "term": pl.String, "position": pl.Int8, "weight": pl.Float32}
CORE = ("format", "format_version", "weights_digest", "codebook_digest", "decoding", "heads")
WINDOW_HEADS = ("spans", "labels")


def save_model(model: Model, folder: Path) -> str:
    """Write the model folder, whole or not at all, and return the model's digest."""
    with replace_files(folder) as staging:
        _weights_table(model).write_parquet(staging / WEIGHTS, compression="zstd")
        facts = _describe(model, digest_file(staging / WEIGHTS))
        (staging / FACTS).write_text(json.dumps(facts, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
        (staging / CARD).write_text(write_card(facts), encoding="utf-8")
    return str(facts["digest"])


def load_model(folder: Path | None = None) -> Model:
    """Read a model folder (the starter model if None). FramingError if it is damaged, incomplete or something else."""
    folder = folder or STARTER
    facts = _read_facts(folder)
    if not (folder / WEIGHTS).exists():
        raise FramingError(f"is incomplete: {WEIGHTS} is missing", folder, "Train the model again, or restore the folder from a copy")
    if digest_file(folder / WEIGHTS) != facts.get("weights_digest"):
        raise FramingError(
            f"is damaged: {WEIGHTS} is not the file that model.json describes", folder, "Train the model again, or restore the folder from a copy"
        )
    table = read_parquet(folder / WEIGHTS)
    try:
        return _assemble(facts, table)
    except (AttributeError, KeyError, TypeError, ValueError, ValidationError, pl.exceptions.PolarsError) as error:
        raise FramingError(f"model.json does not describe a model ({type(error).__name__})", folder, "Train the model again") from error


def model_digest(folder: Path | None = None) -> str:
    """The digest stamped into the model: the same data, codebook and settings give the same one."""
    return str(_read_facts(folder or STARTER)["digest"])


def _read_facts(folder: Path) -> dict[str, Any]:
    if not folder.is_dir():
        raise FramingError("no such model folder", folder, "Make one with `framing train`, or leave --model out to use the starter model")
    try:
        facts = json.loads((folder / FACTS).read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise FramingError("is not a model folder: model.json is missing", folder, "Make one with `framing train`") from error
    except (ValueError, OSError) as error:
        raise FramingError("is damaged: model.json cannot be read", folder, "Train the model again, or restore the folder from a copy") from error
    if not isinstance(facts, dict) or facts.get("format") != FORMAT or "digest" not in facts:
        raise FramingError("is not a model of this toolkit", folder, "Make one with `framing train`")
    if facts.get("format_version") != FORMAT_VERSION:
        raise FramingError(
            f"has model format {facts.get('format_version')}, and this toolkit reads {FORMAT_VERSION}", folder, "Update the toolkit, or train again"
        )
    try:
        intact = facts["digest"] == _digest(facts) and facts.pop("facts_digest") == _digest_all(facts)
    except KeyError:
        intact = False
    if not intact:
        raise FramingError(
            "is damaged: model.json was changed after it was written", folder, "Train the model again, or restore the folder from a copy"
        )
    return facts


def _digest(facts: Mapping[str, Any]) -> str:
    """SHA-256 over everything that makes scores: the weights' own digest, intercepts, calibration and decoding."""
    return digest_text(json.dumps({key: facts[key] for key in CORE}, sort_keys=True))


def _digest_all(facts: Mapping[str, Any]) -> str:
    """SHA-256 over the whole file, figures and all: nobody improves a model by editing its card's source."""
    return digest_text(json.dumps(facts, sort_keys=True))


def _describe(model: Model, weights_digest: str) -> dict[str, Any]:
    heads = {
        name: {
            "outputs": list(head.outputs),
            "intercepts": head.intercepts.tolist(),
            "calibration": [[calibration.slope, calibration.offset] for calibration in head.calibrations],
        }
        for name, head in model.heads.items()
    }
    core = {
        "format": FORMAT,
        "format_version": FORMAT_VERSION,
        "weights_digest": weights_digest,
        "codebook_digest": model.codebook.digest,
        "decoding": {"threshold": model.decoding.threshold, "entry_cost": model.decoding.entry_cost},
        "heads": heads,
    }
    facts = {**core, "digest": _digest(core), "codebook": model.codebook.model_dump(mode="json"), **model.facts}
    return {**facts, "facts_digest": _digest_all(facts)}


def _weights_table(model: Model) -> pl.DataFrame:
    columns = list(zip(*_rows(model), strict=True)) or [()] * len(SCHEMA)
    return pl.DataFrame(dict(zip(SCHEMA, columns, strict=True)), schema=SCHEMA).sort("head", "label", "kind", "term", "position")


def _rows(model: Model) -> Iterator[tuple[str, str, str, str, int | None, float]]:
    window = [(feature.kind, feature.term, position) for feature, position in model.window.columns]
    bag = [(feature.kind, feature.term, None) for feature in model.bag.columns]
    for name, head in model.heads.items():
        columns = window if name in WINDOW_HEADS else bag
        for i, j in zip(*np.nonzero(head.weights), strict=True):
            yield name, head.outputs[j], *columns[i], float(head.weights[i, j])


def _assemble(facts: dict[str, Any], table: pl.DataFrame) -> Model:
    table = table.select(pl.col(name).cast(kind) for name, kind in SCHEMA.items())
    windowed = table.filter(pl.col("position").is_not_null())
    voices = windowed.filter(pl.col("kind") == "voice")
    characters = windowed.filter(pl.col("kind") == "characters")
    window = space_of(_features(windowed.filter(~pl.col("kind").is_in(["voice", "characters"]))), _features(characters), _features(voices))
    bag = BagSpace(tuple(_features(table.filter(pl.col("position").is_null() & (pl.col("kind") != SUMMARY[0].kind)))))
    index: dict[Column | Feature, int] = {column: i for i, column in enumerate(window.columns)}
    index |= {feature: i for i, feature in enumerate(bag.columns)}
    heads = {
        name: _head(name, stored, table, index, len(window.columns) if name in WINDOW_HEADS else len(bag.columns))
        for name, stored in facts["heads"].items()
    }
    codebook = Codebook.model_validate(facts["codebook"])
    if codebook.digest != facts["codebook_digest"]:
        raise ValueError("the codebook was changed")
    kept = {key: value for key, value in facts.items() if key in ("versions", "training", "agreement", "evaluation", "title")}
    questions = {name.removeprefix("question "): head for name, head in heads.items() if name.startswith("question ")}
    decoding = Decoding(**facts["decoding"])
    return Model(codebook, window, bag, heads.get("spans"), heads.get("labels"), heads.get("sentences"), questions, decoding, kept)


def _head(name: str, stored: dict[str, Any], table: pl.DataFrame, index: dict[Column | Feature, int], size: int) -> Head:
    outputs = tuple(stored["outputs"])
    place = {output: i for i, output in enumerate(outputs)}
    weights: Floats = np.zeros((size, len(outputs)))
    for label, kind, term, position, weight in table.filter(pl.col("head") == name).drop("head").iter_rows():
        feature = Feature(kind, term)
        weights[index[feature if position is None else (feature, position)], place[label]] = weight
    calibrations = tuple(Calibration(float(slope), float(offset)) for slope, offset in stored["calibration"])
    intercepts = np.array(stored["intercepts"], dtype=float)
    if not len(outputs) == len(intercepts) == len(calibrations):
        raise ValueError("outputs, intercepts and calibrations differ in number")
    return Head(outputs, weights, intercepts, calibrations)


def _features(table: pl.DataFrame) -> list[Feature]:
    return [Feature(kind, term) for kind, term in table.select("kind", "term").unique().sort("kind", "term").iter_rows()]
