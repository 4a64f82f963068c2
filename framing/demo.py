"""The demo: every step a user would take, on synthetic articles, against a real server."""

from __future__ import annotations

import json
import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import polars as pl

from annotate.agreement import agree
from annotate.gold.adjudication import adjudicate
from annotate.labelstudio import Access, Server, default_data_folder, pull, push, read_credentials, sign_up, start_server, submit_annotations
from framing.calling import name_command
from framing.console import progress, record, result, waiting, write_json
from framing.sample import ANNOTATORS, read_sample
from framing.scoring import score_files
from framing.training import train_model
from schemas.codebook import Codebook, load_codebook
from schemas.dataset import Dataset, read_dataset, write_dataset, write_jsonl
from schemas.errors import FramingError
from schemas.files import replace_file
from schemas.tables import SPAN
from schemas.wording import count, inflect

__all__ = ["run_demo"]

TITLE = "Framing demo: synthetic articles"
# Fewer than usual: somebody is watching.
FOLDS = 3
# A half of the sample: somebody who tries it waits for the training.
ARTICLES = 128
# Every fourth article is left to the user to tag, and is scored by a model that has not seen it.
HELD_OUT = 4
ANNOTATOR_FILE = "demo-annotators.json"


def run_demo(out: Path) -> None:
    """Write dataset/, model/, scores/, agreement.json and report.html into `out`, and leave the server running."""
    from framing.reporting import report_folder

    # Said now, and not when the server has been started and the annotators have done their work.
    if not next(path for path in (out, *out.absolute().parents) if path.exists()).is_dir():
        raise FramingError("is a file, or lies below one, and a folder is to be written there", out, "Name another folder")
    begin = time.monotonic()
    sample = read_sample(ARTICLES, actors=True)
    with step("Label Studio") as say, waiting("starting Label Studio (the first start installs it and takes minutes)") as update:
        server = start_server(default_data_folder(), update)
        say(f"at {server.address}")
    access = Access(server.address, read_credentials(server.data).token)
    annotated, held_out = _split(sample)
    with step("push") as say, progress("pushing") as bar:
        pushed = push(sample.articles, _renew_codebook(sample), TITLE, access, progress=bar)
        were = inflect(pushed.present, "was", "were")
        left = f"{held_out.articles.height} of them are for you to tag"
        say(f"{count(pushed.sent, 'synthetic article')} sent, {pushed.present} {were} there; {left}")
    with step("annotate") as say:
        submitted = [_submit(annotated, name, access, server) for name in ANNOTATORS]
        say(f"two synthetic annotators, with accounts of their own, submitted {submitted[0]} and {count(submitted[1], 'article')}")
    dataset_folder = out / "dataset"
    with step("pull") as say:
        dataset = write_dataset(dataset_folder, pull(TITLE, access))
        annotations = dataset.require_annotations(TITLE)
        say(f"{count(annotations.filter(SPAN).height, 'span')} by {count(annotations['annotator'].n_unique(), 'annotator')}")
    with step("agree") as say:
        agreement = agree(dataset)
        write_json(out / "agreement.json", agreement.to_dict())
        row = agreement.any_label
        say(f"Krippendorff's alpha over tokens {_figure(row['alpha'])} ({_figure(row['low'])} to {_figure(row['high'])})")
    with step("adjudicate") as say:
        gold = adjudicate(dataset)
        write_dataset(dataset_folder, replace(read_dataset(dataset_folder), gold=gold))
        say(f"{count(gold.filter(SPAN).height, 'gold span')} by majority")
    with step("evaluate and train") as say, progress("evaluating on folds") as bar:
        trained = train_model([dataset_folder], out / "model", folds=FOLDS, title="Demo model, trained on synthetic articles", progress=bar)
        tokens = (trained.evaluation or {})["tokens"]
        floor, human = _figure(tokens["floor_f1"]), _figure(tokens["human_f1"])
        say(f"token F1 {_figure(tokens['f1'])} out of fold (cue words {floor}, one annotator against the other {human})")
    with step("score") as say, progress("scoring") as bar:
        unseen = held_out.articles.join(gold, on="article_id", how="anti", maintain_order="left")
        if unseen.is_empty():
            raise FramingError("every held-out article has been tagged, so none is left to score", TITLE, "Use `framing train` and `framing score`")
        with replace_file(out / "held-out.jsonl") as temporary:
            write_jsonl(temporary, unseen.iter_rows(named=True))
        scored = score_files([str(out / "held-out.jsonl")], out / "scores", out / "model", replace=True, progress=bar)
        say(f"{count(scored.spans, 'span')} in {count(scored.articles, 'article')} the model had not seen")
    with step("report") as say:
        report_folder(out / "scores", out / "report.html", out / "model", "Loaded language in the synthetic sample", gold=dataset_folder)
        say(str(out / "report.html"))
    _say_where(out, server, pushed.address, time.monotonic() - begin)


@contextmanager
def step(name: str) -> Iterator[Callable[[str], None]]:
    """One line for each step: what it did and how long it took."""
    said: list[str] = []
    begin = time.monotonic()
    yield said.append
    result(f"{name:20} {'; '.join(said)} [{time.monotonic() - begin:.1f} s]")


def _renew_codebook(sample: Dataset) -> Codebook:
    """As it ships now: it may ask for more than it did when the sample was annotated."""
    return load_codebook().with_actors(sample.require_codebook(TITLE).actors, TITLE)


def _split(sample: Dataset) -> tuple[Dataset, Dataset]:
    last = pl.Series([i % HELD_OUT == HELD_OUT - 1 for i in range(sample.articles.height)])
    return replace(sample, articles=sample.articles.filter(~last)), replace(sample, articles=sample.articles.filter(last))


def _submit(dataset: Dataset, annotator: str, access: Access, server: Server) -> int:
    rows = dataset.require_annotations(TITLE).filter(pl.col("annotator") == annotator)
    rows = rows.join(dataset.articles.select("article_id"), on="article_id", how="semi", maintain_order="left")
    theirs = sign_up(access, f"{annotator}.synthetic@example.com", _password(server.data, annotator))
    with progress(f"entering the work of {annotator}") as bar:
        return submit_annotations(TITLE, rows, theirs, bar)


def _password(data: Path, annotator: str) -> str:
    from annotate.server.credentials import write_private

    path = data / ANNOTATOR_FILE
    try:
        passwords: dict[str, str] = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    except ValueError as error:
        raise FramingError("is damaged", path, "Delete it, and the annotators' accounts in Label Studio") from error
    if annotator not in passwords:
        passwords[annotator] = secrets.token_urlsafe(12)
        write_private(path, json.dumps(passwords))
    return passwords[annotator]


def _say_where(out: Path, server: Server, project: str, seconds: float) -> None:
    credentials, report = read_credentials(server.data), (out / "report.html").absolute()
    record({"project": project, "report": report, "seconds": round(seconds, 1)})
    for line in (
        "",
        f"Done in {seconds:.0f} s. All articles, and the annotators ada and ben, are synthetic.",
        f"  labelling screen  {project}",
        f"  login             {credentials.username}  {credentials.password}",
        f"  report            {report}",
        f"  stop the server   {name_command()} labelstudio stop",
    ):
        result(line)


def _figure(value: float | None) -> str:
    return f"{value:.3f}" if value is not None else "-"
