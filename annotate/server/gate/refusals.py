"""What the gate says when it does not let something through: one line, and why is for the log."""

from __future__ import annotations

from starlette.responses import JSONResponse, Response

__all__ = ["Refused", "answer_refusal"]


class Refused(Exception):
    """A request that goes no further: the status and the line that the visitor is told."""

    def __init__(self, status: int, reason: str) -> None:
        self.status = status
        self.reason = reason
        super().__init__(reason)


def answer_refusal(refused: Refused) -> Response:
    """As JSON in the shape of Label Studio's own errors, so that its screen can show the line."""
    headers = {"Retry-After": "60"} if refused.status == 429 else None
    return JSONResponse({"detail": refused.reason, "status_code": refused.status}, refused.status, headers)
