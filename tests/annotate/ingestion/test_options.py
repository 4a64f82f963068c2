"""What a user says of files, and what run.json keeps of it."""

from __future__ import annotations

import pytest

from annotate.ingestion.options import Options, make_options
from schemas.errors import FramingError


def test_columns_are_said_by_their_roles() -> None:
    options = make_options(["outlet=media_name", "text=body.words=all"], dates="dmy", raw=True)
    assert options == Options({"outlet": "media_name", "text": "body.words=all"}, raw=True, dates="dmy")
    assert make_options(["text=body"], text_column="body") == make_options(text_column="body") == Options({"text": "body"})


@pytest.mark.parametrize("columns", [["outlet"], ["outlet="], ["=x"], ["nobody=x"], ["outlet=a", "outlet=b"]])
def test_what_says_nothing_or_two_things_is_refused(columns: list[str]) -> None:
    with pytest.raises(FramingError):
        make_options(columns)


def test_two_columns_of_the_text_and_an_unknown_order_are_refused() -> None:
    with pytest.raises(FramingError, match="twice"):
        make_options(["text=a"], text_column="b")
    with pytest.raises(FramingError, match="dmy"):
        make_options(dates="ymd")


def test_what_a_run_keeps_of_them_is_read_back() -> None:
    for options in (Options(), make_options(["outlet=media"], text_column="body", raw=True, one_article=True, dates="mdy", outlet="Gull")):
        assert Options.of_run({"reading": options.to_dict()}) == options
    assert Options().to_dict() == {}


def test_a_run_of_before_says_the_column_of_texts_alone() -> None:
    assert Options.of_run({"text_column": "body"}) == Options({"text": "body"})
    assert Options.of_run({"text_column": "text"}) == Options.of_run({}) == Options()
