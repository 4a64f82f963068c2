"""A model is a folder that is safe to open: a table of weights, a JSON file and a card. Nothing in it is executed."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import polars as pl
from pydantic import ValidationError

from classifiers.model.card import write_card
from classifiers.model.model import SPANS, Decoding, Head, Model
from classifiers.model.weights import AUXILIARY, LABELS, QUESTION, SCHEMA, describe_heads, read_heads, read_spaces, read_stages, weights_table
from schemas.codebook import Codebook
from schemas.dataset import read_parquet
from schemas.errors import FramingError
from schemas.files import digest_file, digest_text, replace_files

__all__ = ["STARTER", "load_model", "load_training", "model_digest", "save_model"]

STARTER = Path(__file__).parents[1] / "starter"
FORMAT, FORMAT_VERSION = "framing-toolkit model", 2
WEIGHTS, FACTS, CARD, TRAINING = "weights.parquet", "model.json", "MODEL_CARD.md", "training.parquet"
CORE = ("format", "format_version", "weights_digest", "codebook_digest", "decoding", "heads", "stages", "bag_heads")
MEND = "Train the model again, or restore the folder from a copy"
KEPT = ("versions", "training", "agreement", "evaluation", "title")


def save_model(model: Model, folder: Path, training: pl.DataFrame | None = None) -> str:
    """Write the model folder, whole or not at all, and return the model's digest.

    `training`: a row for each article that the model has learned from (article_id, text_digest, ...), see `load_training`.
    """
    with replace_files(folder) as staging:
        weights_table(model).write_parquet(staging / WEIGHTS, compression="zstd")
        if training is not None:
            training.write_parquet(staging / TRAINING, compression="zstd")
        digests = {f"{path.stem}_digest": digest_file(path) for path in sorted(staging.iterdir())}
        facts = _describe(model, digests)
        (staging / FACTS).write_text(json.dumps(facts, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
        (staging / CARD).write_text(write_card(facts), encoding="utf-8")
    return str(facts["digest"])


def load_model(folder: Path | None = None) -> Model:
    """Read a model folder (the starter model if None). FramingError if it is damaged, incomplete or something else."""
    folder = folder or STARTER
    facts = _read_facts(folder)
    if not (folder / WEIGHTS).exists():
        raise FramingError(f"is incomplete: {WEIGHTS} is missing", folder, MEND)
    if digest_file(folder / WEIGHTS) != facts.get("weights_digest"):
        raise FramingError(f"is damaged: {WEIGHTS} is not the file that model.json describes", folder, MEND)
    table = read_parquet(folder / WEIGHTS)
    try:
        return _assemble(folder, facts, table)
    except (AttributeError, KeyError, TypeError, ValueError, ValidationError, pl.exceptions.PolarsError) as error:
        raise FramingError(f"model.json does not describe a model ({type(error).__name__})", folder, "Train the model again") from error


def model_digest(folder: Path | None = None) -> str:
    """The digest stamped into the model: the same data, codebook and settings give the same one."""
    return str(_read_facts(folder or STARTER)["digest"])


def load_training(folder: Path | None = None) -> pl.DataFrame | None:
    """The articles that the model (the starter model if None) has learned from; None if its folder does not say.

    article_id, text_digest (`digest_text` of the text, 16 signs), fold, and the columns of a score folder's articles:
    what models that had not seen the article say of it, null where there was no cross-validation. FramingError if damaged.
    """
    folder = folder or STARTER
    digest = _read_facts(folder).get("training_digest")
    if digest is None:
        return None
    if not (folder / TRAINING).exists() or digest_file(folder / TRAINING) != digest:
        raise FramingError(f"is damaged: {TRAINING} is not the file that model.json describes", folder, MEND)
    return read_parquet(folder / TRAINING)


def _read_facts(folder: Path) -> dict[str, Any]:
    if not folder.is_dir():
        raise FramingError("no such model folder", folder, "Make one with `framing train`, or leave --model out to use the starter model")
    try:
        facts = json.loads((folder / FACTS).read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise FramingError("is not a model folder: model.json is missing", folder, "Make one with `framing train`") from error
    except (ValueError, OSError) as error:
        raise FramingError("is damaged: model.json cannot be read", folder, MEND) from error
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
        raise FramingError("is damaged: model.json was changed after it was written", folder, MEND)
    return facts


def _digest(facts: Mapping[str, Any]) -> str:
    """SHA-256 over everything that makes scores: the weights' own digest, intercepts, calibration and decoding."""
    return digest_text(json.dumps({key: facts[key] for key in CORE}, sort_keys=True))


def _digest_all(facts: Mapping[str, Any]) -> str:
    """SHA-256 over the whole file, figures and all: nobody improves a model by editing its card's source."""
    return digest_text(json.dumps(facts, sort_keys=True))


def _describe(model: Model, digests: Mapping[str, str]) -> dict[str, Any]:
    core = {
        "format": FORMAT,
        "format_version": FORMAT_VERSION,
        **digests,
        "codebook_digest": model.codebook.digest,
        "decoding": asdict(model.decoding),
        **describe_heads(model),
    }
    facts = {**core, "digest": _digest(core), "codebook": model.codebook.model_dump(mode="json"), "languages": list(model.languages), **model.facts}
    return {**facts, "facts_digest": _digest_all(facts)}


def _assemble(folder: Path, facts: dict[str, Any], table: pl.DataFrame) -> Model:
    table = table.select(pl.col(name).cast(kind) for name, kind in SCHEMA.items())
    codebook = Codebook.model_validate(facts["codebook"])
    if codebook.digest != facts["codebook_digest"]:
        raise ValueError("the codebook was changed")
    window, bag = read_spaces(table, facts["bag_heads"])
    heads = read_heads(table, facts["heads"], window, bag)

    def named(prefix: str) -> dict[str, Head]:
        return {name.removeprefix(prefix): head for name, head in heads.items() if name.startswith(prefix)}

    return Model(
        codebook,
        window,
        bag,
        heads.get(SPANS),
        heads.get(LABELS),
        heads.get("sentences"),
        named(QUESTION),
        named(AUXILIARY),
        read_stages(table, facts["stages"]),
        Decoding(**facts["decoding"]),
        # Older models do not say.
        tuple(facts.get("languages", ())),
        {key: facts[key] for key in KEPT if key in facts},
        facts["digest"],
        folder,
    )
