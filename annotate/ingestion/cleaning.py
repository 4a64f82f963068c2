"""What is not text is taken from texts: layers that exports put around them, and what only a screen or a printer needs."""

from __future__ import annotations

import re

from annotate.ingestion.markup import decode_entities, has_markup, read_markup
from schemas.extras import needing

__all__ = ["clean_text"]

# HTML in JSON in HTML is as deep as exports go.
_LAYERS = 8
_RTF = "{\\rtf"
# Line ends that are written out are certain where one ends a sentence, or another line.
_ESCAPED_END = re.compile(r"""(?:[.!?…"'”’)\]>]|\\n)[ ]*(?:\\r)?\\n""")
_ESCAPE = re.compile(r"""\\(?:r\\n|[nrt"'])""")
_MEANT = {"n": "\n", "r": "\n", "t": "\t"}
# UTF-8 that was read as cp1252 or Latin-1, cp1250, cp1251, Mac Roman or cp437, and cp1252 that was read as Latin-1, have one of these, which
# are looked for in a tenth of a microsecond each, and then such a pair.
_MISREAD = tuple("ÃÂÐÅÄÎØĂ\x80\x81\x92\x93€¸Ђѕ√‚Γ├")
_PAIR = re.compile(r"[ÂÃÄÅÆÇÐÎÏÑØÙâãäåæçïðĂв√‚Γ├Р][\x80-\xbf€‚ƒ„…†‡ˆ‰Š‹Œ‘’“”•–—˜™š›œŸŽžĽŁ˘ЂѓѕСÄÇ]|[\x91-\x94]")
# What Excel writes for characters that XML has not; the first of them shows that it did.
_EXCEL, _SHEET_ESCAPE = "_x000D_", re.compile(r"_x([0-9A-Fa-f]{4})_")
_SOFT = "\u00ad"
_UNSEEN = ("\u200b", "\u200c", "\u200d", "\u2060")
# Joiners and the like are spelling in scripts from Hebrew to Mongolian, and make one picture of several.
_NEEDS = "\u0590-\u1fff\u2100-\U0010ffff"
_NEEDLESS = re.compile(rf"(?<![{_NEEDS}])[\u200b-\u200d](?![{_NEEDS}])|\u2060")
# What says at a glance that there is something to do.
_SIGNS = ("<", "&", "\\", "\f", _EXCEL)
_FOREIGN_SIGNS = (_SOFT, *_UNSEEN, *_MISREAD)
_CUT_OFF = re.compile(r"\[\+\d+ chars\]\s*$")


def clean_text(text: str) -> tuple[str, dict[str, int]]:
    """The text without what is no text, and what was done, in plural words: how many characters or codes, or 1 where it is the whole text.
    Only what is certain is done, so most texts stay as they are; and cleaned once, a text stays as it is.

    RTF and HTML are read as such, entities and line ends that are written out decoded, a wrong encoding repaired, soft hyphens and other
    invisible signs removed. That NewsAPI has cut a text off is said.
    """
    done: dict[str, int] = {}
    cleaned = text
    if any(map(text.__contains__, _SIGNS)) or (not text.isascii() and any(map(text.__contains__, _FOREIGN_SIGNS))):
        for _ in range(_LAYERS):
            before, cleaned = cleaned, _take_layer(cleaned, done)
            if cleaned == before:
                break
        else:
            cleaned, done = text, {}
    if "chars]" in cleaned[-40:] and _CUT_OFF.search(cleaned, len(cleaned) - 40 if len(cleaned) > 40 else 0):
        done["texts that NewsAPI has cut off"] = 1
    return cleaned, done


def _take_layer(text: str, done: dict[str, int]) -> str:
    """The text with one layer less, outermost first; `done` is told."""
    if text.startswith(_RTF):
        text = _read_rtf(text, done)
    if "\\n" in text:
        text = _end_lines(text, done)
    if has_markup(text):
        text, done["texts read as HTML"] = read_markup(text), 1
    text, count = decode_entities(text)
    _count(done, "HTML entities decoded", count)
    if not text.isascii():
        text = _show(_repair(text, done), done)
    if _EXCEL in text:
        text, count = _SHEET_ESCAPE.subn(lambda found: chr(int(found[1], 16)), text.replace("_x000D_\n", "\n"))
        _count(done, "characters that Excel had written out", count or 1)
    if "\f" in text:
        _count(done, "form feeds made line ends", text.count("\f"))
        text = text.replace("\f", "\n")
    return text


def _count(done: dict[str, int], what: str, count: int) -> None:
    if count:
        done[what] = done.get(what, 0) + count


def _read_rtf(text: str, done: dict[str, int]) -> str:
    with needing("a text that is in RTF"):
        from striprtf.striprtf import rtf_to_text
    try:
        read = str(rtf_to_text(text, errors="ignore")).strip()  # type: ignore[no-untyped-call]
    except (ValueError, LookupError):
        return text
    if read:
        done["texts read as RTF"] = 1
    return read or text


def _end_lines(text: str, done: dict[str, int]) -> str:
    """A text of one line in which several line ends are written out, as \\n, has them; so it has its tabs and quotation marks."""
    if "\n" in text or "\r" in text or text.count("\\n") < 2 or not _ESCAPED_END.search(text):
        return text
    text, count = _ESCAPE.subn(lambda found: _MEANT.get(found.group()[1], found.group()[1]), text)
    _count(done, "line ends and tabs that were written out", count)
    return text


def _repair(text: str, done: dict[str, int]) -> str:
    if not any(map(text.__contains__, _MISREAD)) or not _PAIR.search(text):
        return text
    import ftfy

    # What was lost on the way cannot be repaired, and is left.
    repaired = ftfy.fix_encoding(text, replace_lossy_sequences=False)
    if repaired != text:
        done["texts whose wrong encoding was repaired"] = 1
    return repaired


def _show(text: str, done: dict[str, int]) -> str:
    """The text without signs that nobody sees, where its script does not need them."""
    if _SOFT in text:
        _count(done, "soft hyphens removed", text.count(_SOFT))
        text = text.replace(_SOFT, "")
    if any(map(text.__contains__, _UNSEEN)):
        text, count = _NEEDLESS.subn("", text)
        _count(done, "invisible signs removed", count)
    return text
