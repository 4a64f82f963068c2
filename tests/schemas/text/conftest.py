"""What tests of texts share: all that is found in some texts on the way to who speaks in them, both ways a kernel runs, and corpora that are
no part of the repository."""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest

from schemas.arrays import Integers
from schemas.text import kernel as kernel_module
from schemas.text.characters import character_classes
from schemas.text.evidence import Evidence
from schemas.text.kernel import ENOUGH, Kernel
from schemas.text.marks import Marks, find_marks
from schemas.text.pairs import Pairs
from schemas.text.quotations import Quotations, find_quotations, gather_evidence
from schemas.text.reading import Texts, read_texts
from schemas.text.speakers import find_speakers
from schemas.text.vocabulary import Vocabulary
from schemas.text.words import Signs, signs_of_words

SHARED = Path(os.environ.get("FRAMING_SHARED") or Path(__file__).parents[4] / "shared")


class Found(NamedTuple):
    """What each step finds, one step after the other. `speakers` are those of all quotations, as though all were somebody's words."""

    read: Texts
    ids: Integers
    signs: Signs
    marks: Marks
    pairs: Pairs
    evidence: Evidence
    speakers: np.ndarray
    quotations: Quotations

    @property
    def text(self) -> str:
        """All texts, one behind the other: what the places of the others count in."""
        return "".join(map(chr, self.read.codes.tolist()))

    def arrays(self) -> Iterator[np.ndarray]:
        for step in (self.marks, self.pairs, self.evidence, self.quotations):
            yield from step
        yield self.speakers


def read_all(*texts: str, language: str | None = None) -> tuple[Texts, Integers, Signs]:
    read, vocabulary = read_texts(texts, [language] * len(texts)), Vocabulary()
    ids = vocabulary.number(read.codes, read.tokens.starts, read.tokens.ends)
    return read, ids, signs_of_words(vocabulary.words_from(0))


def find_all(*texts: str, language: str | None = None) -> Found:
    read, ids, signs = read_all(*texts, language=language)
    marks, (of_tokens, pairs, at, evidence) = find_marks(read.codes, read.starts, character_classes()), gather_evidence(read, ids, signs)
    speakers = find_speakers(read.codes, read.tokens, read.sentences, of_tokens, pairs, at, np.ones(len(pairs.starts), np.bool_))
    return Found(read, ids, signs, marks, pairs, evidence, speakers, find_quotations(read, ids, signs))


@contextmanager
def run_as(*, compiled: bool) -> Iterator[None]:
    """All kernels run as machine code from the first character on, or none does however much text there is."""
    with pytest.MonkeyPatch.context() as patch:
        if compiled:
            patch.setattr(Kernel, "met", ENOUGH)
        else:
            patch.setattr(kernel_module, "ENOUGH", math.inf)
        yield


@pytest.fixture(scope="session")
def find() -> Callable[..., Found]:
    return find_all


@pytest.fixture(scope="session")
def read() -> Callable[..., tuple[Texts, Integers, Signs]]:
    """What has to be known of texts before somebody asks who speaks in them."""
    return read_all


@pytest.fixture(scope="session")
def running() -> Callable[..., object]:
    return run_as


@pytest.fixture(scope="session")
def shared() -> Callable[[str], Path]:
    """A file or folder beside the checkout; the test is skipped where it is not."""

    def find(name: str) -> Path:
        path = SHARED / name
        if not path.exists():
            pytest.skip(f"{name} is not part of the repository")
        return path

    return find
