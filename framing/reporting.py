"""From a score folder or a dataset to the report: what `framing report` and the demo share."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl

from exports.plots.drawing import refuse_without_library
from exports.report import Report, ask_to_replace, write_report
from exports.tables.folders import is_scores
from exports.tables.gold import tabulate_gold
from exports.tables.scores import Run, open_scores
from framing.provenance import Marked, find_marked, find_model
from schemas.coders import read_coders
from schemas.dataset import read_dataset
from schemas.errors import FramingError
from schemas.files import digest_file
from schemas.parts import take_apart
from schemas.tables import count_copies, leave_out_copies
from schemas.wording import count, inflect, say_copies

if TYPE_CHECKING:
    from classifiers.explanation.evidence import Example
    from classifiers.model.model import Model
    from exports.report.figures import Figure, Section, Table
    from exports.report.reader import Reasons

__all__ = ["READABLE", "report_folder", "word_weights"]

# Articles whose text the report has, with the reasons for each span.
READABLE = 2_000
REASONS = 5
OPTIONAL = ("title", "outlet", "published")


def report_folder(
    folder: Path,
    out: Path,
    model: Path | None = None,
    title: str | None = None,
    *,
    gold: Path | None = None,
    by: str | None = None,
    readable: int = READABLE,
    copies: bool = True,
    replace_other: bool = False,
) -> list[str]:
    """Write the report; returns what the user should know. Scores need the files they were made from, unchanged.

    `gold` is a dataset whose coded articles correct the means of scores, grouped `by` a column (by outlet if none is named). Without `copies` each
    story that was scored counts once. A report that is there is replaced, and any other file only if `replace_other`.
    """
    if by is not None and gold is None:
        raise FramingError("groups what gold corrects, and no gold is named", f"--by {by}", "Name a dataset with --gold, or leave out --by")
    if not folder.is_dir():
        raise FramingError("no such folder", folder, "Name a score folder or a dataset")
    # Said before the work, not after it.
    refuse_without_library(out)
    replaced = ask_to_replace(out, replace=replace_other)
    if is_scores(folder):
        # Gold that cannot be used is refused before thousands of articles are explained.
        sections = _correct(folder, gold, by or "outlet", model, copies=copies) if gold is not None else []
        framed, unframed = _correct_framed(folder, gold, by or "outlet", model, copies=copies) if gold is not None else ([], [])
        report, notices = _of_scores(folder, model, title, readable, copies=copies)
        report, notices = replace(report, sections=sections, framed=framed), [*notices, *unframed]
    elif gold is not None:
        raise FramingError("is no score folder, so there is nothing for gold to correct", folder, "Leave out --gold")
    else:
        report, notices = _of_dataset(folder, title, readable), []
    write_report(report, out)
    return [*notices, *replaced]


def _of_scores(folder: Path, model: Path | None, title: str | None, readable: int, *, copies: bool) -> tuple[Report, list[str]]:
    from classifiers import load_model, load_training, tabulate_quotations
    from exports.means import total_density
    from exports.report.reader import choose_readable

    opened = open_scores(folder)
    run = opened.run
    found = find_model(run, folder, model)
    loaded, digest = load_model(found), run.model
    marked = find_marked(loaded, found)
    scores = opened.made_with(loaded.codebook)
    tables = {name: scores.select(name) for name in ("articles", "spans")}
    kept_out = ""
    if not copies:
        kept_out = f" {say_copies(count_copies(tables['articles']), tables['articles'].height, counted=False)}."
        tables["articles"] = leave_out_copies(tables["articles"], folder)
        tables["spans"] = tables["spans"].join(tables["articles"], on="article_id", how="semi", maintain_order="left")
    articles = _with_optional(tables["articles"])
    chosen = choose_readable(articles, total_density(loaded.codebook, articles.columns) if loaded.codebook.labels else pl.lit(0.0), readable)
    texts, notices = _texts(run, chosen)
    if marked.said:
        notices.append(marked.said)
    if texts.height < len(chosen):
        notices.append(f"the text of {count(len(chosen) - texts.height, 'article')} was not found, and is in the list only")
    facts = dict(loaded.facts)
    name = loaded.title
    report = Report(
        title=title or f"Loaded language in {articles.height:,} {inflect(articles.height, 'article', 'articles')}",
        kind=f"Spans found by a model ({name}, digest {digest[:12]}) in {_name_files(run)}.{kept_out}",
        codebook=loaded.codebook,
        articles=articles,
        spans=tables["spans"],
        texts=texts,
        quotations=tabulate_quotations(texts).quotations,
        reasons=_explain(loaded, texts, articles, marked) if texts.height else {},
        weights=word_weights(loaded),
        evaluation=_tabulate(facts["evaluation"]) if "evaluation" in facts else None,
        trust=_trust(facts.get("evaluation", {})),
        warnings=_warn(facts.get("evaluation", {}).get("questions", {})) | _warn_of_short(loaded, articles, load_training(found)),
        decided=scores.decided(),
        agreement=facts.get("agreement"),
        measured_on=f"the {facts.get('training', {}).get('articles', '')} training articles of the model ({name})",
    )
    return report, notices


def _name_files(run: Run) -> str:
    first, *others = [Path(name).name for name in run.inputs] or ["unknown files"]
    return f"{first} and {count(len(others), 'more file')}" if others else first


def _tabulate(evaluation: Mapping[str, Any]) -> Table:
    from classifiers.model.card import EVALUATION_HEADER, evaluation_rows, is_shaky
    from exports.report.figures import Table

    rows = evaluation_rows(evaluation)
    return Table(EVALUATION_HEADER, rows, [i for i, row in enumerate(rows) if is_shaky(row)])


def _trust(evaluation: Mapping[str, Any]) -> str:
    """How far the model finds the words that people marked, beside what people and nobody reach."""
    tokens = evaluation.get("tokens", {})
    if tokens.get("f1") is None:
        return ""
    people = f"; people among each other reach {tokens['human_f1']:.2f}" if tokens.get("human_f1") is not None else ""
    return (
        f"How far to trust it: on articles that it had not seen, the model finds the words that people marked with an F1 of {tokens['f1']:.2f} (1 is "
        f"perfect{people}; cue words alone {tokens['floor_f1']:.2f})."
    )


def _warn(questions: Mapping[str, Any]) -> dict[str, str]:
    """What is to be said of questions to which the model's answers are no better than a guess."""
    return {
        name: f"Not a finding: on its training articles the model answers this no better than a guess from the commonest answers, cue words or the "
        f"outlet's name would (macro-F1 {found['macro_f1']:.2f} against {found['floor_macro_f1']:.2f})."
        for name, found in questions.items()
        if found.get("macro_f1") is not None and found.get("floor_macro_f1") is not None and found["macro_f1"] <= found["floor_macro_f1"]
    }


def _warn_of_short(model: Model, articles: pl.DataFrame, training: pl.DataFrame | None) -> dict[str, str]:
    """What is to be said of every question where most articles are too short for an answer."""
    from classifiers.model.familiarity import shortest_article

    # Asked once for each length: many articles are as long as another.
    found = {words: shortest for words in articles["words"].unique() if (shortest := shortest_article(words, training)) is not None}
    short = int(articles["words"].is_in(list(found)).sum())
    if 2 * short <= articles.height:
        return {}
    said = (
        f"Not a finding: {count(short, 'article', 'is', 'are')} far shorter than the shortest that the model was trained on "
        f"({max(found.values())} words), and what it answers of them means nothing."
    )
    return dict.fromkeys(model.questions, said)


def _correct(folder: Path, gold: Path, by: str, model: Path | None, *, copies: bool) -> list[Section]:
    from exports.report.correction import show_estimates
    from framing.estimating import estimate_scores

    found = estimate_scores(folder, gold, by, (), model, copies=copies)
    return [show_estimates(found.estimates[measure.name], by, measure.name, measure.kind, found.notices) for measure in found.measures]


def _correct_framed(folder: Path, gold: Path, by: str, model: Path | None, *, copies: bool) -> tuple[list[Figure], list[str]]:
    """Who is framed as what, and why that is not there if it cannot be corrected: a report has other parts."""
    from exports.report.correction import tabulate_shares
    from framing.attributing import estimate_framed

    try:
        found = estimate_framed(folder, gold, by, model, copies=copies)
    except FramingError as error:
        return [], [f"what people coded corrects no attributes of spans: {error.what}"]
    return (tabulate_shares(found.estimates, found.measures, by), []) if found else ([], [])


def _with_optional(articles: pl.DataFrame) -> pl.DataFrame:
    """With the columns that a report looks at, whatever the user's articles had."""
    return articles.with_columns(
        # A date stays one.
        pl.lit(None, pl.String).alias(name) if name not in articles.columns else pl.col(name) if name == "published" else pl.col(name).cast(pl.String)
        for name in OPTIONAL
    )


def _explain(model: Model, texts: pl.DataFrame, articles: pl.DataFrame, marked: Marked) -> Reasons:
    """Why each span of these texts, and of the headlines that their articles have, was flagged, and what people marked that is like it."""
    from classifiers.explanation.spans import Explainer
    from framing.explaining import add_examples, say_examples, say_groups

    named = articles.select("article_id", "title", language=pl.col("language") if "language" in articles.columns else pl.lit(None, pl.String))
    parts = take_apart(texts.join(named, on="article_id", how="left", maintain_order="left"))
    explained = Explainer(model).explain(parts["text"].to_list(), REASONS, parts["language"].to_list())
    places, spans = [], []
    for (article, part), some in zip(parts.select("article_id", "part").iter_rows(), explained, strict=True):
        places += [(article, part, found.span.start, found.span.end) for found in some]
        spans += some
    examples: list[list[Example]] = []
    if marked.annotations is not None:
        spans, examples = add_examples(model, spans, marked.annotations)
    said = [[line.strip() for line in say_groups(found.loaded_groups, found.text, REASONS, against=False)] for found in spans]
    if examples:
        said = [[*lines, say_examples(near)] for lines, near in zip(said, examples, strict=True)]
    return dict(zip(places, said, strict=True))


def word_weights(model: Model) -> dict[str, float] | None:
    """What each word adds by itself to the first-stage log-odds that it is loaded."""
    if model.spans is None:
        return None
    weights = model.window.weights_at_token(model.spans.weights[:, 0])
    return {feature.term: weight for feature, weight in weights.items() if feature.kind == "word"}


def _texts(run: Run, wanted: pl.Series) -> tuple[pl.DataFrame, list[str]]:
    """The texts of these articles (article_id, text), and what keeps others away."""
    from annotate.ingestion.articles import read_portions
    from annotate.ingestion.files import Files
    from annotate.ingestion.options import Options
    from annotate.ingestion.record import Reading
    from classifiers.scoring.archive import LONGEST, PART

    present, notices = [], []
    for name, digest in run.inputs.items():
        path = Path(name)
        if not path.is_file():
            notices.append(f"{path} is gone, so its articles cannot be shown")
        elif digest_file(path) != digest:
            notices.append(f"{path} has changed since it was scored, so its articles are not shown")
        else:
            present.append(path)
    # Figures need no texts: without a single file the report has all but what is read.
    options, ids = Options.of_run(run.model_dump(exclude_none=True)), wanted.implode()
    portions = read_portions(Files(present, []), Reading(), options, characters=PART, longest=LONGEST) if present else []
    parts = [portion.articles.select("article_id", "text").filter(pl.col("article_id").is_in(ids)) for portion in portions]
    found = pl.concat([pl.DataFrame(schema={"article_id": wanted.dtype, "text": pl.String}), *parts])
    return wanted.to_frame("article_id").join(found, on="article_id", how="inner", maintain_order="left"), notices


def _of_dataset(folder: Path, title: str | None, readable: int) -> Report:
    from annotate.agreement import agree
    from annotate.gold.adjudication import adjudicate
    from annotate.progress import measure_progress
    from classifiers import tabulate_quotations
    from exports.report.progress import show_progress
    from exports.report.reader import choose_readable

    dataset = read_dataset(folder)
    codebook = dataset.require_codebook(folder)
    # Without gold, spans of several readers would be counted once for each.
    gold = dataset.gold if dataset.gold is not None else adjudicate(dataset, where=folder)
    articles, spans = tabulate_gold(replace(dataset, gold=gold))
    articles = _with_optional(articles)
    people = dataset.annotations["annotator"].n_unique() if dataset.annotations is not None else 0
    done = measure_progress(dataset)
    chosen = choose_readable(articles, pl.lit(0.0), readable)
    texts = dataset.articles.filter(pl.col("article_id").is_in(chosen.implode())).select("article_id", "text")
    return Report(
        title=title or f"Annotations of {articles.height:,} {inflect(articles.height, 'article', 'articles')}",
        kind=f"Spans and answers that won by {', '.join(sorted(gold['rule'].unique()))}, from the work of {count(people, 'annotator')}.",
        codebook=codebook,
        articles=articles,
        spans=spans,
        texts=texts,
        quotations=tabulate_quotations(texts).quotations,
        measure="support",
        answers="share of articles",
        meaning="A span is wording that enough of the annotators marked; support is the share of them who did.",
        agreement=agree(dataset, folder, read_coders(folder, dataset)).to_dict() if dataset.annotations is not None else None,
        measured_on="these annotations",
        progress=show_progress(done.articles, done.people, done.daily) if dataset.annotations is not None else None,
    )
