"""Text and tables as LaTeX (booktabs), whatever stands in them."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

from schemas.errors import printable

__all__ = ["escape", "typeset"]

_SPECIAL = {
    "\\": r"\textbackslash{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "|": r"\textbar{}",
    '"': r"\textquotedbl{}",
    # After the end of a row these two would be taken for its options.
    "[": "{[}",
    "*": "{*}",
    **{mark: f"\\{mark}" for mark in "&%$#_{}"},
}


def escape(text: str, limit: int = 80) -> str:
    """The text as LaTeX prints it: nothing in it is a command, and what cannot be printed is shown as `printable` shows it."""
    shown = unicodedata.normalize("NFC", printable(text, limit))
    return "".join(_SPECIAL.get(mark, mark) for mark in shown)


def typeset(head: Sequence[str], rows: Sequence[Sequence[str]], caption: str, label: str) -> str:
    """A table whose first column is words and whose others are figures. Cells and caption are LaTeX already."""
    lines = [" & ".join(row) + r" \\" for row in rows]
    return "\n".join(
        [
            "% \\usepackage{booktabs}",
            "\\begin{table}",
            "\\centering",
            f"\\caption{{{caption}}}",
            f"\\label{{{label}}}",
            f"\\begin{{tabular}}{{l{'r' * (len(head) - 1)}}}",
            "\\toprule",
            " & ".join(head) + r" \\",
            "\\midrule",
            *lines,
            "\\bottomrule",
            "\\end{tabular}",
            "\\end{table}",
            "",
        ]
    )
