"""framing serve: live suggestions for Label Studio."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from framing.console import notice, record, result
from framing.options import Trusted, epilog

__all__ = ["register"]

EVERYWHERE = ("0.0.0.0", "::")  # noqa: S104 - compared with, never listened on


def register(app: typer.Typer) -> None:
    app.command("serve", epilog=epilog("framing serve model --retrain workshop"))(serve)


def serve(
    model: Annotated[str, typer.Argument(metavar="MODEL", help="A model folder; `starter` is the one that ships.")],
    trusted: Trusted = None,
    host: Annotated[str, typer.Option(help="Address to listen on. Whoever has the secret can ask there, and start a training.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65535, help="Port to listen on.")] = 9090,
    name: Annotated[
        list[str] | None, typer.Option(metavar="NAME", help="A name by which Label Studio reaches this machine; may be given again.")
    ] = None,
    retrain: Annotated[
        Path | None, typer.Option(metavar="FOLDER", help="Train again when Label Studio asks, and keep dataset and models in this folder.")
    ] = None,
    new_secret: Annotated[bool, typer.Option("--new-secret", help="Make another secret; projects must be connected again.")] = False,
) -> None:
    """Suggest spans as articles are opened in Label Studio, until interrupted.

    It prints an address that holds a secret, the same at each start. Connect a project with `framing push DATASET --project
    TITLE --live ADDRESS`. The embedded server asks only a `framing serve` on this machine.
    """
    from annotate.labelstudio import default_data_folder
    from annotate.labelstudio.backend import make_backend
    from annotate.labelstudio.served import announce, prepare_secret, write_address
    from annotate.server.listening import listen, make_server
    from classifiers.scoring.archive import LONGEST
    from framing.options import STARTER
    from framing.serving import ServedModel

    served = ServedModel(None if model == STARTER else Path(model), retrain, notice, trusted)
    data, names = default_data_folder(), [host, *(name or [])]
    with listen(host, port) as listener, announce(data, port):
        secret = prepare_secret(data, new=new_secret)
        application = make_backend(served, secret, longest=LONGEST, names=names)
        # Where it listens on every address, none of them is its name.
        shown = (name or ["127.0.0.1"])[-1] if listener.getsockname()[0] in EVERYWHERE else names[-1]
        address = write_address(shown, port, secret)
        record({"version": served.version, "address": address})
        result(f"{served.version} at {address}; end it with Ctrl+C")
        make_server(application).run(sockets=[listener])
