"""Requests to a language model, one a line, as OpenAI's batches and vLLM's `run-batch` read them."""

from __future__ import annotations

from pathlib import Path

from exports.formats.material import Material
from exports.requests import WINDOW, Manner, make_requests
from schemas.dataset import write_jsonl
from schemas.wording import count, enumerate_some

__all__ = ["write_llm_batch"]

# What one batch of OpenAI's may hold (their API reference, November 2026).
MOST_LINES, MOST_BYTES = 50_000, 200_000_000


def write_llm_batch(material: Material, folder: Path, *, examples: int = 0, model: str | None = None, window: int = WINDOW) -> list[str]:
    """`requests.jsonl`: one request for each article, or for each window of a long one. Says what is not asked, and the digest of the prompt."""
    manner = Manner(model, examples, window)
    requests = make_requests(material.tables["articles"], material.require_codebook(), material.tables.get("gold"), manner, material.where)
    path = folder / "requests.jsonl"
    write_jsonl(path, requests)
    lines = sum(1 for _ in requests.places())
    said = [f"the prompt, without an article, has the SHA-256 {requests.prompt.digest}"]
    if requests.shown:
        said.append(f"{count(len(requests.shown), 'article')} with gold, shown as examples and not asked: {enumerate_some(requests.shown)}")
    if lines > requests.articles.height:
        said.append(f"{count(requests.articles.height, 'article', 'is', 'are')} asked in {lines} windows of at most {window:,} characters")
    if model is None:
        said.append("no model is named in the requests, which some servers want: name it with --model")
    if lines > MOST_LINES or path.stat().st_size > MOST_BYTES:
        most = f"{MOST_LINES:,} requests and {MOST_BYTES // 1_000_000} MB"
        said.append(f"the file has {count(lines, 'request')}, and a batch of OpenAI's holds {most} at most: split it by lines")
    return said
