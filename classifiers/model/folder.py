"""A model is a folder that is safe to open: a table of weights, a JSON file and a card. Nothing in it is executed."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import polars as pl
from pydantic import ValidationError

from classifiers.model.card import write_card
from classifiers.model.company_weights import CompanyWeights, company_table, read_company
from classifiers.model.description import Description
from classifiers.model.learned import read_learned
from classifiers.model.model import ATTRIBUTE, AUXILIARY, LABELS, QUESTION, SENTENCES, SPANS, Decoding, Head, Model
from classifiers.model.signature import SIGNATURE, Signer, check_signature
from classifiers.model.weights import describe_heads, rank_words, read_heads, read_spaces, read_stages, read_weights, weights_table
from schemas.codebook import Codebook
from schemas.errors import FramingError
from schemas.faults import say_fault
from schemas.files import digest_file, digest_text, replace_files
from schemas.parsing import parse_json, read_text

__all__ = ["STARTER", "is_card", "load_model", "load_training", "model_codebook", "model_digest", "save_model"]

STARTER = Path(__file__).parents[1] / "starter"
FORMAT, FORMAT_VERSION = "framing-toolkit model", 4
WEIGHTS, COMPANY, FACTS, CARD, TRAINING = "weights.parquet", "company.parquet", "model.json", "MODEL_CARD.md", "training.parquet"
CORE = ("format", "format_version", "weights_digest", "company_digest", "codebook_digest", "decoding", "heads", "stages", "bag_heads", "thresholds")
MEND = "Train the model again, or restore the folder from a copy"
KEPT = ("versions", "training", "given", "agreement", "evaluation", "published", "title")


@dataclass(frozen=True)
class _Opened:
    """model.json, checked: its digest, by which it is told from others, what it says, what of it is kept as it was written, and whose signature was
    asked for and is good."""

    digest: str
    description: Description = field(compare=False)
    kept: dict[str, Any] = field(compare=False)
    signed_by: str | None = field(compare=False)


def save_model(model: Model, folder: Path, training: pl.DataFrame | None = None, signer: Signer | None = None) -> str:
    """Write the model folder, whole or not at all, and return the model's digest.

    `training`: a row for each article that the model has learned from (article_id, text_digest, ...), see `load_training`. Without a `signer`
    the model is not signed, and the signature of one that was there before is removed.
    """
    with replace_files(folder) as staging:
        weights_table(model).write_parquet(staging / WEIGHTS, compression="zstd")
        company_table(model).write_parquet(staging / COMPANY, compression="zstd")
        try:
            # What is too large to be opened again is said now.
            company = read_company(staging / COMPANY, {name: head.outputs for name, head in model.heads.items()})
            read_spaces(read_weights(staging / WEIGHTS), company.words, model.bag.heads)
        except ValueError as error:
            raise FramingError(f"the model is too large: {error}", folder, "Train with fewer --unlabelled texts, or fewer articles") from error
        if training is not None:
            training.write_parquet(staging / TRAINING, compression="zstd")
        digests = {f"{path.stem}_digest": digest_file(path) for path in sorted(staging.iterdir())}
        facts = _describe(model, digests)
        content = (json.dumps(facts, indent=2, ensure_ascii=False) + "\n").encode()
        (staging / FACTS).write_bytes(content)
        (staging / CARD).write_text(write_card(facts), encoding="utf-8")
        if signer is not None:
            (staging / SIGNATURE).write_bytes(signer.sign(content))
    if signer is None:
        (folder / SIGNATURE).unlink(missing_ok=True)
    return str(facts["digest"])


def load_model(folder: Path | None = None, trusted: Path | None = None) -> Model:
    """Read a model folder (the starter model if None). FramingError if it is damaged, incomplete or something else; or, where `trusted` names
    a file or folder of public keys, if none of them has signed it."""
    folder = folder or STARTER
    opened = _open(folder, trusted)
    _check_file(folder, WEIGHTS, opened.description.weights_digest)
    _check_file(folder, COMPANY, opened.description.company_digest)
    return replace(_read(folder, opened), facts=opened.kept, signed_by=opened.signed_by)


@lru_cache(maxsize=2)
def _read(folder: Path, opened: _Opened) -> Model:
    """The model of a folder that was opened and checked. Who scores again and again, as notebooks do, reads it once."""
    description = opened.description
    try:
        company = read_company(folder / COMPANY, {name: head.outputs for name, head in description.heads.items()})
    except ValueError as error:
        raise FramingError(f"{COMPANY} does not fit model.json: {error}", folder, MEND) from error
    try:
        return _assemble(folder, description, read_weights(folder / WEIGHTS), company)
    except ValueError as error:
        raise FramingError(f"{WEIGHTS} does not fit model.json: {error}", folder, MEND) from error


def model_digest(folder: Path | None = None) -> str:
    """The digest stamped into the model: the same data, codebook and settings give the same one."""
    return _open(folder or STARTER).description.digest


def model_codebook(folder: Path | None = None) -> Codebook:
    """The codebook that the model was trained with, without opening its weights."""
    return _open(folder or STARTER).description.codebook


def load_training(folder: Path | None = None, trusted: Path | None = None) -> pl.DataFrame | None:
    """The articles that the model (the starter model if None) has learned from; None if its folder does not say. `trusted`: see `load_model`.

    article_id, text_digest (`digest_text` of the text, 16 signs), fold, and the columns of a score folder's articles:
    what models that had not seen the article say of it, null where there was no cross-validation. FramingError if damaged.
    """
    folder = folder or STARTER
    description = _open(folder, trusted).description
    if description.training_digest is None:
        return None
    _check_file(folder, TRAINING, description.training_digest)
    return read_learned(folder / TRAINING, description.codebook)


def is_card(folder: Path) -> bool:
    """Whether the card in a model folder is what `write_card` makes of its model.json."""
    try:
        return read_text(folder / CARD) == write_card(parse_json(read_text(folder / FACTS), FACTS))
    except (FramingError, FileNotFoundError):
        return False


def _open(folder: Path, trusted: Path | None = None) -> _Opened:
    """The one way into a model folder: model.json, in all its parts. FramingError for whatever is wrong with it."""
    if trusted is not None and folder == STARTER:
        raise FramingError("the starter model that ships is not signed", "--trusted", "Name a signed model, or leave out --trusted")
    if not folder.is_dir():
        raise FramingError("no such model folder", folder, "Make one with `framing train`, or use the starter model that ships")
    if not (folder / FACTS).is_file():
        raise FramingError("is not a model folder: model.json is missing", folder, "Make one with `framing train`")
    try:
        text = read_text(folder / FACTS)
        # The very text that is read here is what must be signed.
        signed_by = check_signature(text.encode(), folder, trusted) if trusted is not None else None
        facts = parse_json(text, FACTS)
    except FramingError as error:
        if error.where not in (FACTS, str(folder / FACTS)):
            raise
        raise FramingError(f"is damaged: model.json {error.what}", folder, MEND) from error
    description = _check(folder, facts)
    return _Opened(facts["facts_digest"], description, {key: facts[key] for key in KEPT if key in facts}, signed_by)


def _check(folder: Path, facts: Any) -> Description:
    if not isinstance(facts, dict) or facts.get("format") != FORMAT or "digest" not in facts:
        raise FramingError("is not a model of this toolkit", folder, "Make one with `framing train`")
    if facts.get("format_version") != FORMAT_VERSION:
        raise FramingError(
            f"has model format {facts.get('format_version')}, and this toolkit reads {FORMAT_VERSION}", folder, "Update the toolkit, or train again"
        )
    # Checksums notice damage. Whoever changes a model on purpose computes them anew, so all the rest is looked at, too.
    rest = {key: value for key, value in facts.items() if key != "facts_digest"}
    if not set(CORE) <= facts.keys() or facts["digest"] != _digest(facts) or facts.get("facts_digest") != _digest_all(rest):
        raise FramingError("is damaged: model.json was changed after it was written, as its checksums say", folder, MEND)
    try:
        return Description.model_validate(facts)
    except ValidationError as error:
        raise FramingError(f"model.json does not describe a model: {say_fault(error)}", folder, MEND) from error


def _check_file(folder: Path, name: str, digest: str) -> None:
    if not (folder / name).is_file():
        raise FramingError(f"is incomplete: {name} is missing", folder, MEND)
    if digest_file(folder / name) != digest:
        raise FramingError(f"is damaged: {name} is not the file that model.json describes, as its checksum says", folder, MEND)


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
        "thresholds": {name: list(decided) for name, decided in model.thresholds.items()},
        **describe_heads(model),
    }
    facts = {**core, "digest": _digest(core), "codebook": model.codebook.model_dump(mode="json"), "languages": list(model.languages), **model.facts}
    return {**facts, "facts_digest": _digest_all(facts)}


def _assemble(folder: Path, said: Description, table: pl.DataFrame, company: CompanyWeights) -> Model:
    ranked = rank_words(table)
    window, bag = read_spaces(ranked, company.words, said.bag_heads)
    heads = read_heads(ranked, company, said.heads, window, bag)

    def named(prefix: str) -> dict[str, Head]:
        return {name.removeprefix(prefix): head for name, head in heads.items() if name.startswith(prefix)}

    return Model(
        said.codebook,
        window,
        bag,
        heads.get(SPANS),
        heads.get(LABELS),
        heads.get(SENTENCES),
        named(QUESTION),
        named(AUXILIARY),
        read_stages(table, said.stages),
        Decoding(**said.decoding.model_dump()),
        said.languages,
        said.thresholds,
        named(ATTRIBUTE),
        digest=said.digest,
        folder=folder,
    )
