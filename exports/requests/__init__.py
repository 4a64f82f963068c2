"""What a model is asked: the codebook as a prompt, worked examples, windows of long articles, requests."""

from exports.requests.batch import URL, Manner, Requests, make_requests
from exports.requests.windows import WINDOW

__all__ = ["URL", "WINDOW", "Manner", "Requests", "make_requests"]
