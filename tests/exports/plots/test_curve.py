from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from exports.plots.curve import draw_curve
from schemas.errors import FramingError

TABLE = pl.DataFrame(
    [
        {"selection": selection, "articles": articles, "measure": measure, "value": value + shift, "spread": 0.02}
        for measure in ("tokens", 'bias </script><script>alert("1")</script>')
        for selection, shift in (("random", 0.0), ("uncertain", 0.02), ("diverse", 0.01))
        for articles, value in ((25, 0.3), (70, 0.4), (180, 0.45))
    ]
)


@pytest.mark.parametrize(("name", "beginning"), [("curve.svg", b"<svg"), ("curve.png", b"\x89PNG")])
def test_a_curve_is_drawn_as_what_the_name_of_the_file_says(tmp_path: Path, name: str, beginning: bytes) -> None:
    draw_curve(TABLE, tmp_path / name)
    assert (tmp_path / name).read_bytes().lstrip().startswith(beginning)
    assert [path.name for path in tmp_path.iterdir()] == [name]


def test_no_name_becomes_a_script(tmp_path: Path) -> None:
    draw_curve(TABLE, tmp_path / "curve.svg")
    assert "<script" not in (tmp_path / "curve.svg").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", ["curve.html", "curve"])
def test_another_kind_of_file_is_refused_before_anything_is_written(tmp_path: Path, name: str) -> None:
    with pytest.raises(FramingError, match="figures are written as"):
        draw_curve(TABLE, tmp_path / name)
    assert not list(tmp_path.iterdir())
