"""framing serve: live suggestions for Label Studio."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from framing.console import notice, result
from framing.options import epilog

__all__ = ["register"]


def register(app: typer.Typer) -> None:
    app.command("serve", epilog=epilog("framing serve model --retrain workshop"))(serve)


def serve(
    model: Annotated[str, typer.Argument(metavar="MODEL", help="A model folder; `starter` is the one that ships.")],
    host: Annotated[str, typer.Option(help="Address to listen on. Whoever reaches it can ask, and start a training.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65535, help="Port to listen on.")] = 9090,
    retrain: Annotated[
        Path | None, typer.Option(metavar="FOLDER", help="Train again when Label Studio asks, and keep dataset and models in this folder.")
    ] = None,
) -> None:
    """Suggest spans as articles are opened in Label Studio, until interrupted.

    Connect a project with `framing push DATASET --project TITLE --live http://127.0.0.1:9090`.
    """
    import uvicorn

    from annotate.labelstudio.backend import make_backend
    from framing.options import STARTER
    from framing.serving import ServedModel

    served = ServedModel(None if model == STARTER else Path(model), retrain, notice)
    result(f"{served.version} at http://{host}:{port}; end it with Ctrl+C")
    # Its own log of requests would say nothing more, and must never say what is in them.
    uvicorn.run(make_backend(served), host=host, port=port, log_level="warning", access_log=False)
