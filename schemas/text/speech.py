"""What words can be to a quotation near by: reporting verbs, and words that hold another at arm's length."""

from __future__ import annotations

__all__ = ["ACCORDING", "CALLED", "NOTES", "SO", "SO_CALLED", "SPEAKS", "THAT", "TO", "word_signs"]

# Verbs of speech in all their forms. "States" and "reports" are left out: "the United States" and "the report" are not.
_REGULAR = "ask add call claim warn answer insist explain remark respond complain demand chant shout boast crow sniff gush blast threaten predict"
_SILENT_E = "argu announc declar describ accus urg promis defin whin quot"
_OTHERS = (
    "say says said saying tell tells told telling write writes wrote written writing speak speaks spoke spoken speaking stated stating"
    " reply replies replied replying deny denies denied denying testify testifies testified slam slams slammed admit admits admitted admitting"
    " labels labelled labeled noted vows vowed tweeted posted dubbed branded reading gushes"
)
SPEECH = frozenset(
    [*_OTHERS.split(), *(f"{stem}{end}" for stem in _REGULAR.split() for end in ("", "s", "ed", "ing"))]
    + [f"{stem}{end}" for stem in _SILENT_E.split() for end in ("e", "es", "ed", "ing")]
)
# What a word can be to a quotation near by. Some speak in twos: "according to", "notes that".
SPEAKS, ACCORDING, TO, NOTES, THAT, SO, CALLED, SO_CALLED = (1 << bit for bit in range(8))
_SIGNS = {"according": ACCORDING, "to": TO, "notes": NOTES, "that": THAT, "so": SO, "called": CALLED, "so-called": SO_CALLED, "so‑called": SO_CALLED}


def word_signs(word: str) -> int:
    """What a word can be to a quotation near by: SPEAKS and so on, added up."""
    lower = word.lower()
    return _SIGNS.get(lower, 0) | (SPEAKS if lower in SPEECH else 0)
