"""Downloads as files, the whole way: a hundred articles in one file are a hundred articles, of the lengths that the file states."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from annotate.ingestion.articles import ingest
from annotate.ingestion.options import make_options


def lay_out(downloads: Any, articles: Any, shape: str, folder: Path) -> Path:
    if shape == "Nexis Uni .docx":
        return downloads.docx(folder / "files.docx", downloads.nexis_uni(articles))
    if shape == "Factiva .rtf":
        return downloads.rtf(folder / "factiva.rtf", downloads.factiva(articles))
    path = folder / "download.txt"
    text = {"ProQuest .txt": downloads.proquest, "Nexis .txt": downloads.nexis}[shape](articles)
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize("shape", ["Nexis Uni .docx", "Factiva .rtf", "ProQuest .txt", "Nexis .txt"])
def test_a_hundred_articles_of_one_file_are_a_hundred_with_the_words_that_it_states(downloads: Any, tmp_path: Path, shape: str) -> None:
    articles = downloads.make_articles(100)
    found = ingest([lay_out(downloads, articles, shape, tmp_path)])
    told = found.reading.to_dict()
    assert (told["rows"], told["articles"], told["rows_set_aside"]) == (100, 100, 0)
    assert any("split into its articles" in notice for notice in found.reading.notices())
    assert found.articles["published"].null_count() == 0
    assert found.articles["outlet"].null_count() == 0
    if "length_stated" in found.articles.columns:
        words = found.articles["text"].str.count_matches(r"\S+")
        off = ((words - found.articles["length_stated"]).abs() / found.articles["length_stated"]).max()
        assert off <= 0.02
    else:
        assert sorted(found.articles["text"].str.count_matches(r"\S+")) == sorted(article.words for article in articles)


def test_a_download_is_one_article_where_that_is_asked_for(downloads: Any, tmp_path: Path) -> None:
    path = lay_out(downloads, downloads.make_articles(5), "Nexis .txt", tmp_path)
    assert ingest([path], make_options(one_article=True)).articles.height == 1


def test_an_article_that_is_much_shorter_than_the_file_states_is_counted(downloads: Any, tmp_path: Path) -> None:
    path = lay_out(downloads, downloads.make_articles(3), "Nexis .txt", tmp_path)
    text = path.read_text(encoding="utf-8")
    stated = next(line for line in text.splitlines() if "LENGTH:" in line)
    path.write_text(text.replace(stated, "LENGTH: 5000 words", 1), encoding="utf-8")
    found = ingest([path])
    assert found.articles.height == 3
    assert found.reading.gather("cleaned") == {"articles that are shorter or longer than the file states, by more than a tenth": 1}
