"""Gold in, model out. Every later stage learns from out-of-fold scores of the stages before it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from classifiers.features.bag import BagSpace, make_bag_space
from classifiers.features.company import Company, join_companies, learn_company
from classifiers.features.context import describe_tokens, most_loaded, token_columns
from classifiers.features.documents import make_batch
from classifiers.features.pages import Alone
from classifiers.features.vectors import english_vectors
from classifiers.features.window import WindowSpace, WindowView, make_window_space
from classifiers.model.model import ACTOR, LOADED, OVERLAP, QUESTION, SPANS, TARGET, Decoding, Head, Model, Stage, rounded
from classifiers.training.attribute_heads import fit_attributes
from classifiers.training.bag_heads import fit_answer_stages, fit_question, fit_sentence_stage, fit_sentences
from classifiers.training.label_head import fit_labels
from classifiers.training.lessons import Lesson, learn_from
from classifiers.training.meanings import meanings_of_values
from classifiers.training.ranking import fit_targets
from classifiers.training.recipe import Recipe
from classifiers.training.span_heads import fit_span_head, fit_span_stage, span_shares
from classifiers.training.targets import Task
from classifiers.training.thresholds import fit_decoding
from classifiers.training.ties import bag_ties, outlet_counts
from schemas.arrays import Floats
from schemas.errors import FramingError
from schemas.parts import TEXT

__all__ = ["main_languages", "train", "vectors_from_outside"]

# The share of the training articles that a language needs to be one of the model's.
FEWEST = 0.02
# How far the size of outlets is evened out among tokens, where sources will be new.
TOKEN_POWER = 0.5
ENGLISH_CODE = "en"


def train(task: Task, recipe: Recipe | None = None) -> Model:
    """Fit all heads on the task. The same task and recipe give the same model, weight for weight."""
    # One thread: these problems are small, several threads mostly wait for each other (a third slower on two idle cores,
    # seven times on busy ones), and the order of their sums would not be the same twice.
    with threadpool_limits(1):
        return rounded(_fit(task, recipe or Recipe()))


def _fit(task: Task, recipe: Recipe) -> Model:
    codebook = task.codebook
    if not codebook.labels and not codebook.questions:
        raise FramingError("the codebook has nothing to learn", codebook.name)
    # What is there twice would be taught by its own answer.
    recipe = recipe.without(task.batch.texts)
    others = list(recipe.auxiliaries.values())
    company = _gather_company(task, recipe)
    window = make_window_space([task.batch, *(other.batch for other in others if other.has_marks)], company.features)
    groups = _inner_groups(task, recipe)
    found = _fit_tokens(task, recipe, window, company, groups) if codebook.labels else _Tokens(None, {}, np.zeros((len(task.batch.ids), 0)))
    bounds = task.batch.read.tokens_of_sentences
    # Nothing is asked of headlines.
    teachers = [other.only(TEXT) for other in others if any(other.asks(question) for question in codebook.questions)]
    parts = [(some.batch, some.batch.read.tokens_of_sentences) for some in (task, *teachers)]
    bag = make_bag_space(parts, company.features, (SPANS, *found.auxiliaries) if found.spans else ())
    stages: dict[str, Mapping[str, Stage]] = {}
    sentences: Head | None = None
    loaded: Floats = np.zeros(len(bounds) - 1)
    if found.spans:
        matrix = bag.matrix(task.batch, bounds, found.logits)
        sentences, loaded = fit_sentences(task, matrix, bag_ties(bag, company.vectors, matrix), groups)
        stages["sentences"] = dict.fromkeys(sentences.outputs, fit_sentence_stage(task, loaded))
    common = company.common(task.batch.words)
    lessons = [Lesson(other, bag.matrix(other.batch, other.batch.read.tokens.firsts, found.score(window, other))) for other in teachers]
    questions, answers = _fit_questions(task, recipe, bag, common, groups, found.logits, lessons)
    singles = codebook.single_choices(questions)
    asked, rows = task.only(TEXT), task.numbers_of(TEXT)
    most = most_loaded(np.diff(task.batch.read.sentences.firsts), loaded)
    alone = Alone({name: logits[rows] for name, logits in answers.items()}, most[rows])
    thresholds: dict[str, tuple[float, ...]] = {}
    for question in codebook.questions:
        if question.name in questions:
            stages[f"{QUESTION}{question.name}"], decided = fit_answer_stages(asked, question, alone, singles, groups[rows], recipe.aim)
            if decided:
                thresholds[question.name] = decided
    decoding, labels = Decoding(), None
    attributes: dict[str, Head] = {}
    if found.spans:
        known = np.column_stack([np.zeros((len(task), 0)), *(answers[name] for name in singles)])
        figures = describe_tokens(found.logits, loaded, known, task.batch.lower, *task.batch.read.places)
        columns = token_columns(tuple(found.auxiliaries), [f"{name}: {value}" for name, values in singles.items() for value in values])
        both, decoding = _fit_token_stages(task, columns, figures, groups)
        stages |= both
        labels = fit_labels(task, window, common.vectors)
        attributes = fit_attributes(task, window, common.vectors)
        if (ranker := fit_targets(task, codebook.with_actors(recipe.actors).actors)) is not None:
            stages[TARGET] = {ACTOR: ranker}
    return Model(
        codebook,
        window,
        bag,
        found.spans,
        labels,
        sentences,
        questions,
        found.auxiliaries,
        stages,
        decoding,
        main_languages(task.languages),
        thresholds,
        attributes,
    )


def vectors_from_outside(task: Task, recipe: Recipe) -> Company | None:
    """Those that the recipe brings, or those that ship where most articles are English; None where words are known by the task's own texts
    alone."""
    if recipe.vectors is not None:
        return recipe.vectors
    return english_vectors() if main_languages(task.languages)[:1] == (ENGLISH_CODE,) else None


def _gather_company(task: Task, recipe: Recipe) -> Company:
    """Vectors from outside; those of the texts themselves where there are none, or more texts."""
    outside = vectors_from_outside(task, recipe)
    if outside is not None and not recipe.unlabelled:
        return outside.with_likeness
    unlabelled = [make_batch(recipe.unlabelled)] if recipe.unlabelled else []
    own = learn_company([task.batch, *(other.batch for other in recipe.auxiliaries.values()), *unlabelled])
    return own if outside is None else join_companies(outside.with_likeness, own)


@dataclass(frozen=True)
class _Tokens:
    """The span head and those of the auxiliary corpora that have labels, and their logits (rows x heads), the first's out of fold."""

    spans: Head | None
    auxiliaries: dict[str, Head]
    logits: Floats

    def score(self, window: WindowSpace, other: Task) -> Floats:
        """The same of another corpus, which the span head has not seen."""
        return _score_tokens(window, other, [head for head in (self.spans, *self.auxiliaries.values()) if head is not None])


def _fit_tokens(task: Task, recipe: Recipe, window: WindowSpace, company: Company, groups: NDArray[np.int64]) -> _Tokens:
    counts = outlet_counts(task, TOKEN_POWER) if recipe.unseen_sources else np.ones(len(task))
    spans, own = fit_span_head(window, company, task, counts, groups)
    marked = {name: other for name, other in recipe.auxiliaries.items() if other.has_marks}
    auxiliaries = {name: fit_span_head(window, company, other, np.ones(len(other)), None)[0] for name, other in marked.items()}
    if not auxiliaries:
        return _Tokens(spans, {}, own[:, None])
    return _Tokens(spans, auxiliaries, np.column_stack([own, _score_tokens(window, task, auxiliaries.values())]))


def _score_tokens(window: WindowSpace, task: Task, heads: Iterable[Head]) -> Floats:
    """tokens x span heads: the logits of a corpus' tokens."""
    view = WindowView(window, task.batch)
    return np.column_stack([np.zeros((view.rows, 0)), *(view.scores(head.weights[:, 0]) + head.intercepts[0] for head in heads)])


def _fit_questions(
    task: Task, recipe: Recipe, bag: BagSpace, company: Company, groups: NDArray[np.int64], logits: Floats, lessons: Sequence[Lesson]
) -> tuple[dict[str, Head], dict[str, Floats]]:
    """The head of each question that somebody answered, and its logits (documents x values), out of fold. It learns from texts alone; what it says of
    headlines counts for their tokens only."""
    asked, rows = task.only(TEXT), task.numbers_of(TEXT)
    if not task.codebook.questions or not rows:
        return {}, {}
    everything = bag.matrix(task.batch, task.batch.read.tokens.firsts, logits)
    matrix, groups = everything if len(rows) == len(task) else everything[rows], groups[rows]
    ties = bag_ties(bag, company.vectors, matrix)
    fitted = {
        question.name: fit_question(asked, question, matrix, ties, meanings_of_values(question, bag, company), groups, unseen=recipe.unseen_sources)
        for question in task.codebook.questions
    }
    answered = {name: found for name, found in fitted.items() if found}
    for question in (question for question in task.codebook.questions if question.name in answered):
        for lesson in (lesson for lesson in lessons if lesson.task.asks(question)):
            answered[question.name] = learn_from(lesson, asked, question, matrix, ties, *answered[question.name])
    answers = {name: everything @ head.weights + head.intercepts for name, (head, _) in answered.items()}
    for name, (_, own) in answered.items():
        answers[name][rows] = own
    return {name: head for name, (head, _) in answered.items()}, answers


def _fit_token_stages(
    task: Task, columns: tuple[str, ...], figures: Floats, groups: NDArray[np.int64]
) -> tuple[dict[str, Mapping[str, Stage]], Decoding]:
    of_rows = groups[task.batch.documents]
    stage, logits = fit_span_stage(columns, figures, task.gold_tokens().astype(float), of_rows)
    recall, recalls = fit_span_stage(columns, figures, span_shares(task), of_rows)
    return {SPANS: {LOADED: stage}, OVERLAP: {LOADED: recall}}, fit_decoding(task, logits, recalls)


def main_languages(languages: Sequence[str]) -> tuple[str, ...]:
    """The languages of articles, the commonest first. Of one that hardly any is in nothing is learned, and it may be a mistake."""
    counts = Counter(filter(None, languages))
    return tuple(code for code, number in counts.most_common() if number >= FEWEST * len(languages))


def _inner_groups(task: Task, recipe: Recipe) -> NDArray[np.int64]:
    """What must not stand on both sides of an inner fold: a page, an article with its headline, or an outlet where those to come are new."""
    pages = {name: page for name, page in zip(task.batch.article_ids, task.batch.pages, strict=True) if page}
    names = [pages.get(name, f"\0{name}") for name in task.batch.article_ids]
    if recipe.unseen_sources and len(set(task.outlets)) > 1:
        names = [outlet or name for outlet, name in zip(task.outlets, names, strict=True)]
    numbers: dict[str, int] = {}
    return np.array([numbers.setdefault(name, len(numbers)) for name in names], dtype=np.int64)
