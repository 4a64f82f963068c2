"""What was met before is known, also after it has settled."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotate.ingestion import duplicates as known
from annotate.ingestion.duplicates import Known

WORDS = st.sampled_from(["", "a", "b", "port", "pört", "🚢", "port ", "1", "01", "\ud83d"])


@given(met=st.lists(st.tuples(WORDS | st.text(max_size=2), WORDS), max_size=60))
def test_every_id_is_known_with_the_first_text_it_stood_for(met: list[tuple[str, str]]) -> None:
    texts: dict[str, str] = {}
    with pytest.MonkeyPatch.context() as patch:
        # Three are soon too many to be kept at hand, so most are found among those that settled.
        patch.setattr(known, "RECENT", 3)
        ids = Known()
        for article_id, text in met:
            expected = "new" if article_id not in texts else "same" if texts[article_id] == text else "other"
            assert ids.add(article_id, text) == expected
            texts.setdefault(article_id, text)


def test_what_settled_is_known_among_thousands_of_others(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(known, "RECENT", 100)
    ids = Known()
    assert {ids.add(str(number), f"text {number}") for number in range(2_550)} == {"new"}
    assert {ids.add(str(number), f"text {number}") for number in reversed(range(2_550))} == {"same"}
    assert {ids.add(str(number), "another text") for number in range(2_550)} == {"other"}
    assert {ids.add(str(number), f"text {number}") for number in range(2_550)} == {"same"}
