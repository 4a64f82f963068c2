from __future__ import annotations

from exports.formats.latex import escape, typeset


def test_nothing_in_a_name_is_a_command() -> None:
    hostile = r"\input{/etc/passwd} 50% & more_of #1 $x^2$ ~ {a}"
    assert escape(hostile) == (r"\textbackslash{}input\{/etc/passwd\} 50\% \& more\_of \#1 \$x\textasciicircum{}2\$ \textasciitilde{} \{a\}")


def test_a_name_at_the_beginning_of_a_row_is_no_option_of_the_row_before() -> None:
    assert (escape("[1cm]"), escape("*")) == ("{[}1cm]", "{*}")


def test_control_characters_and_line_ends_do_not_reach_the_file() -> None:
    assert not set(escape("a\nb\x1b[2J\u202ec")) & {"\n", "\x1b", "\u202e"}


def test_a_table_has_a_row_for_each_row() -> None:
    table = typeset(["", "b"], [["x", "1"], ["y", "2"]], "A caption.", "tab:x")
    assert "\\begin{tabular}{lr}" in table
    assert table.count(r"\\") == 3
