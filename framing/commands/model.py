"""framing model: keys, and signatures of models."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from framing.console import notice, record, result
from framing.options import epilog

__all__ = ["register"]

Signed = Annotated[Path, typer.Argument(metavar="MODEL", help="A model folder.")]


def register(app: typer.Typer) -> None:
    group = typer.Typer(
        help="Signatures: who made a model. Its checksums notice damage, and prove nothing about that.",
        no_args_is_help=True,
        rich_markup_mode=None,
        epilog=epilog("framing model verify model --trusted keys.pub"),
    )
    group.command("key", epilog=epilog("framing model key --out ~/keys/framing.key"))(key)
    group.command("sign", epilog=epilog("framing model sign model --key ~/keys/framing.key"))(sign)
    group.command("verify", epilog=epilog("framing model verify model --trusted keys.pub"))(verify)
    app.add_typer(group, name="model")


def key(out: Annotated[Path, typer.Option("--out", metavar="KEY", help="The file of the secret key; the public one is put beside it.")]) -> None:
    """Make a pair of keys. The public one (.pub) is for those who are to trust your models; the secret one is for nobody else."""
    from classifiers.model.signature import make_keys
    from framing.signing import ask_password

    public, key_id = make_keys(out, ask_password(out, new=True))
    record({"key": key_id, "secret": out, "public": public})
    result(f"key {key_id} -> {out}; its public half, to be given to others, -> {public}")


def sign(
    model: Signed,
    key: Annotated[Path, typer.Option("--key", metavar="KEY", help="A secret key of `framing model key` or minisign.")],
) -> None:
    """Sign a model that is there already. It is checked first: a damaged one is not signed."""
    from classifiers import load_model
    from classifiers.model.signature import SIGNATURE, sign_model
    from framing.signing import open_key

    signer = open_key(key)
    loaded = load_model(model)
    sign_model(model, signer)
    record({"model": loaded.digest, "signed_by": signer.key_id})
    result(f"model {loaded.digest[:16]} signed by {signer.key_id} -> {model / SIGNATURE}")


def verify(
    model: Signed,
    trusted: Annotated[Path, typer.Option("--trusted", metavar="KEYS", help="A file of public keys, or a folder of .pub files.")],
) -> None:
    """Check that one of the trusted keys has signed the model, and that its files are the signed ones."""
    from classifiers import load_model, load_training
    from classifiers.model.folder import is_card

    loaded = load_model(model, trusted)
    load_training(model, trusted)
    if not is_card(model):
        notice("MODEL_CARD.md, which no signature covers, is not the card that this toolkit makes of model.json")
    record({"model": loaded.digest, "title": loaded.title, "signed_by": loaded.signed_by})
    result(f"model {loaded.digest[:16]} ({loaded.title}) is signed by {loaded.signed_by}; weights and training articles are those it was signed with")
