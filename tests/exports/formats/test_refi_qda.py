from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from exports.formats.material import Losses
from exports.formats.refi_qda import make_element, serialise


@given(st.text())
def test_any_text_comes_through_xml_but_for_what_it_forbids(text: str) -> None:
    losses = Losses()
    element = etree.fromstring(serialise(make_element("a", text, name=text), losses).encode())
    kept = "".join(c if c in "\t\n\r" or (c >= " " and c not in "\ufffe\uffff") else "\ufffd" for c in text)
    assert element.get("name") == kept
    assert (element.text or "") == kept
    assert sum(losses.values()) == 2 * sum(a != b for a, b in zip(text, kept, strict=True))
