"""The verbs as functions over tables: what `import framing` gives a notebook.

Articles may be given as a file, a folder, a glob or a dataset folder (by its path); as a table (of polars, pandas or anything else
that speaks Arrow) with a column of texts; or as texts. A model may be given by its folder; without one it is the starter model.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl

from schemas.errors import FramingError

if TYPE_CHECKING:
    from annotate.agreement import Agreement
    from classifiers.model.model import Model
    from classifiers.scoring.articles import Scores
    from exports.estimates.regression import Link
    from exports.plots.paper import PaperFigure
    from framing.explaining import Explained

__all__ = ["agree", "estimate", "evaluate", "explain", "figure", "load_model", "quotes", "read", "regress", "report", "score", "train"]

Folder = str | Path


def read(articles: Any, *, text_column: str | None = None) -> pl.DataFrame:
    """Articles as a table: article_id, text (canonical: what offsets count in), title, outlet, published, ... and columns of your own.

    Texts, and rows of a table, that have no article_id of their own are numbered from 0. FramingError if there is nothing to read; rows of
    files that cannot be read are left out with a warning.
    """
    from annotate.ingestion.articles import ingest, ingest_table
    from annotate.ingestion.options import make_options

    if isinstance(articles, str) and "\n" in articles:
        raise FramingError("is a text, and a path was looked for", f"{articles[:40]!r}", "Give texts as a list: [text]")
    if isinstance(articles, str | Path):
        found = ingest([articles], make_options(text_column=text_column))
    else:
        table = _to_polars(articles)
        found = ingest_table(
            table if table is not None else _tabulate(articles), make_options(text_column=text_column if table is not None else None)
        )
    for row in found.rejected:
        _warn(f"left out: {row['row']['where']}: {row['reason']}")
    for line in found.reading.notices():
        _warn(line)
    return found.articles


def load_model(folder: Folder | None = None) -> Model:
    """The model of a folder that `train` or `framing train` wrote; without one the starter model that ships."""
    from classifiers import load_model

    return load_model(Path(folder) if folder is not None else None)


def score(
    articles: Any, model: Model | Folder | None = None, *, actors: Folder | None = None, text_column: str | None = None, any_language: bool = False
) -> Scores:
    """Find spans, score sentences and questions, and measure readability: `.articles`, `.spans` and `.sentences` are tables. `actors`: a file of
    those whose mentions are counted, and whom spans may be about, beside those of the model's codebook.

    Articles in languages that the model has not learned from are left out with a warning, unless `any_language`; FramingError if none is left.
    Everything is held in memory. An archive is scored by the command `framing score`, part by part.
    """
    from classifiers import score
    from classifiers.scoring.admission import ANYWAY, admit, describe_foreign, nothing_left
    from framing.scoring import give_actors

    loaded = give_actors(_model(model), Path(actors) if actors else None)
    admitted = admit(loaded, read(articles, text_column=text_column), any_language=any_language)
    if foreign := admitted.languages.to_dict()["set_aside"]:
        if not admitted.articles.height:
            raise nothing_left(foreign, loaded, "articles")
        _warn(f"{describe_foreign(foreign, loaded)}. {ANYWAY}")
    return score(loaded, admitted.articles)


def quotes(articles: Any, *, text_column: str | None = None) -> pl.DataFrame:
    """Every quotation of the articles: article_id, start, end and text (the marks excluded), voice (quoted, scare, narrator for a name in marks,
    unclear at a mark without a partner), speaker (the words that name the source) with its place, and the voice's probability.

    Offsets count in the `text` of `framing.read`. A null stands where no source was found, and where the voice is unclear.
    """
    from classifiers import tabulate_quotations

    return tabulate_quotations(read(articles, text_column=text_column)).quotations


def explain(text: str, model: Model | Folder | None = None, *, actors: Folder | None = None, reasons: int = 5) -> Explained:
    """Why each span of a text was flagged and each answer given, strongest first; print it, or look into `.spans` and `.answers`. `actors`: as for
    `score`."""
    from framing.explaining import explain_text
    from framing.provenance import find_marked
    from framing.scoring import give_actors

    loaded = give_actors(_model(model), Path(actors) if actors else None)
    marked = find_marked(loaded, loaded.folder) if loaded.folder else None
    return explain_text(loaded, str(read([text])["text"][0]), _training(loaded), reasons, marked)


def train(dataset: Folder | Sequence[Folder], out: Folder | None = None, *, title: str | None = None) -> Model:
    """A model of a dataset that has gold (or of several, of one codebook). With `out` it is cross-validated, and written to that folder with
    its card; without, it is only fitted, and lives as long as the notebook."""
    from classifiers import make_task
    from classifiers import train as fit
    from framing.training import join_datasets, train_model

    folders = [Path(folder) for folder in ([dataset] if isinstance(dataset, str | Path) else dataset)]
    if out is None:
        return fit(make_task(join_datasets(folders), folders[0]))
    for line in train_model(folders, Path(out), title=title).notices:
        _warn(line)
    return load_model(out)


def evaluate(dataset: Folder, *, folds: int = 5, group: str = "article") -> dict[str, Any]:
    """How good a model of the dataset is on articles that it has not seen, with floors and the human ceiling: the figures of
    `framing evaluate --json`. `group` (article, outlet, topic, url) never stands on both sides of a fold; by outlet, models are for unseen
    sources."""
    from classifiers import evaluate, make_task
    from classifiers.training.recipe import Recipe
    from schemas.dataset import read_dataset

    known = read_dataset(Path(dataset))
    return evaluate(make_task(known, dataset), known.articles, folds=folds, group=group, recipe=Recipe(unseen_sources=group == "outlet"))


def agree(dataset: Folder, *, epsilon: float | None = None) -> Agreement:
    """How far the annotators of a dataset agree: `.labels`, `.questions`, `.annotators`, `.disagreements`; and models as `.coders` beside them.
    `epsilon`: how far people may be ahead in the alternative-annotator test of these, 0.1 for lay people (the default), 0.2 for experts."""
    from annotate.agreement import EPSILON, agree
    from schemas.coders import read_coders
    from schemas.dataset import read_dataset

    folder = Path(dataset)
    known = read_dataset(folder)
    return agree(known, dataset, read_coders(folder, known), EPSILON if epsilon is None else epsilon)


def estimate(
    scores: Scores | Folder,
    gold: Folder,
    *,
    by: str = "outlet",
    measures: Sequence[str] = (),
    model: Model | Folder | None = None,
    coders: str | Sequence[str] = (),
) -> pl.DataFrame:
    """Means of groups of articles, corrected by those that people coded (the dataset `gold`): a row for each group and measure.

    `scores` is a score folder, which knows its `model`; or what `score` gave, by the same model; or a dataset folder, of which `coders` are
    named. Beside scores, `coders` are those of `gold`. With several sources the first column, `source`, says whose figures are corrected.
    """
    from framing.estimating import estimate_sources, estimate_table, gather_notices, join_frames
    from framing.figures import Figures, open_coders
    from schemas.dataset import read_dataset

    named = [coders] if isinstance(coders, str) else list(coders)
    if isinstance(scores, str | Path):
        found = estimate_sources(Path(scores), Path(gold), named, by, measures, _model(model).folder if model is not None else None)
    else:
        known, dataset = _require_scorer(scores, model), read_dataset(Path(gold))
        sources = [Figures("scores", scores.articles, training=_training(known)), *open_coders(Path(gold), dataset, named)]
        found = estimate_table(sources, dataset, by, measures, gold)
    for line in gather_notices(found):
        _warn(line)
    return join_frames(found)


def regress(
    scores: Scores | Folder,
    gold: Folder,
    on: Sequence[str],
    *,
    of: str | None = None,
    coder: str | None = None,
    link: Link = "linear",
    references: Mapping[str, str] | None = None,
    model: Model | Folder | None = None,
) -> pl.DataFrame:
    """A regression of a measure on columns of the articles, corrected by those that people coded (the dataset `gold`): a row for each term.

    `scores` is as for `estimate`; or a dataset folder, with a `coder` of it. `references` has levels that the others are compared with, by column.
    """
    from framing.figures import Figures
    from framing.regressing import regress_figures, regress_folder
    from schemas.dataset import read_dataset

    if isinstance(scores, str | Path):
        folder = _model(model).folder if model is not None else None
        found = regress_folder(Path(scores), Path(gold), of, on, coder=coder, link=link, references=references, model=folder)
    else:
        source = Figures("scores", scores.articles, training=_training(_require_scorer(scores, model)))
        found = regress_figures(source, read_dataset(Path(gold)), of, on, link=link, references=references, gold=gold)
    for line in found.notices:
        _warn(line)
    return found.to_frame()


def report(folder: Folder, out: Folder, *, gold: Folder | None = None, by: str | None = None, model: Folder | None = None) -> Path:
    """Write the report of a score folder or a dataset folder: one HTML file that opens offline. Returns where it is."""
    from framing.reporting import report_folder

    path, given = Path(out), Path(model) if model is not None else None
    for line in report_folder(Path(folder), path, given, gold=Path(gold) if gold is not None else None, by=by):
        _warn(line)
    return path


def figure(
    source: Folder,
    of: str = "outlets",
    *,
    by: str | None = None,
    label: str | None = None,
    actor: str | None = None,
    gold: Folder | None = None,
    width: str = "89mm",
    model: Folder | None = None,
) -> PaperFigure:
    """One figure for a paper, of a score folder, as `framing figure` draws it: it shows itself, `.save("fig.pdf")` writes it (.svg, .png, .csv or
    .tex), `.caption` is what stands under it and `.table` the numbers behind it.

    `of`: outlets, months, actors, frames, words; or learning, of the JSON of `framing evaluate --curve`. With `gold`, a dataset, people's codes
    correct the means."""
    from framing.drawing import draw_figure

    given, scorer = (Path(folder) if folder is not None else None for folder in (gold, model))
    return draw_figure(Path(source), of, by=by, label=label, actor=actor, gold=given, width=width, model=scorer)


def _model(model: Model | Folder | None) -> Model:
    return load_model(model) if model is None or isinstance(model, str | Path) else model


def _require_scorer(scores: Scores, model: Model | Folder | None) -> Model:
    known = _model(model)
    if scores.articles["model"].unique().to_list() != [known.digest or None]:
        raise FramingError("were not scored by this model", "scores", "Give the model that `score` was given")
    return known


def _training(model: Model) -> pl.DataFrame | None:
    """The articles that the model has learned from, where its folder says which."""
    from classifiers import load_training

    return load_training(model.folder) if model.folder else None


def _to_polars(table: Any) -> pl.DataFrame | None:
    """The table, by the Arrow interface that polars, pandas and others share; None if it is none."""
    if isinstance(table, pl.DataFrame | pl.LazyFrame):
        return table.lazy().collect()
    if not hasattr(table, "__arrow_c_stream__") or isinstance(table, pl.Series):
        return None
    try:
        found = pl.DataFrame(table)
    except ImportError:
        # pandas asks pyarrow for this, which it need not have; what is missing is no number to us.
        found = pl.DataFrame(table.astype(object).where(table.notna(), None).to_dict(orient="list"), strict=False)
    return found.select(name for name in found.columns if not name.startswith("__index_level_"))


def _tabulate(texts: Iterable[Any]) -> pl.DataFrame:
    """Texts as a table."""
    try:
        column = list(texts)
    except TypeError as error:
        raise FramingError(f"articles cannot be read from {type(texts).__name__}", todo="Give a path, a table or a list of texts") from error
    if not column:
        raise FramingError("there are no articles", "articles", "Give a path, a table or a list of texts")
    for number, text in enumerate(column):
        if not isinstance(text, str):
            raise FramingError(f"is no text but {type(text).__name__}", f"article {number}", "Give a path, a table or a list of texts")
    return pl.DataFrame({"text": column})


def _warn(line: str) -> None:
    # As if said where the notebook called.
    warnings.warn(line, stacklevel=3)
