"""Who made a model: signatures of model.json, in the format of minisign (jedisct1.github.io/minisign), and the keys they are made with.

model.json carries the digests of the weights and of the training articles, so its signature covers them. It does not cover MODEL_CARD.md, which is
made from model.json and which nothing here reads; nor does it say that the model is the latest that its maker has signed.
"""

from __future__ import annotations

import base64
import os
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from schemas.errors import FramingError
from schemas.extras import needing
from schemas.files import replace_file, unwritable

if TYPE_CHECKING:
    from minisign import PublicKey, SecretKey

__all__ = ["SIGNATURE", "Signer", "check_signature", "make_keys", "read_trusted", "sign_model"]

SIGNATURE, FACTS = "model.json.minisig", "model.json"
# Bytes of a file of keys or of a signature (a comment in one may have 8,192), and files of keys in a folder.
LARGEST, MOST_KEYS = 20_000, 1_000
COMMENT = b"untrusted comment:"


class Signer:
    """A secret key that signs. `ask` gives its password, and is called only if it has one. FramingError if the file is no such key."""

    def __init__(self, path: Path, ask: Callable[[], str]) -> None:
        from_bytes = _minisign().SecretKey.from_bytes
        try:
            self._key: SecretKey = from_bytes(_read(path))
        except ValueError as error:
            raise FramingError("is no secret key of minisign", path, "Make one with `framing model key`") from error
        if self._key.is_encrypted():
            try:
                self._key.decrypt(ask())
            except ValueError:
                # Nothing of a password is to be seen in what led to this.
                raise FramingError("the password is not that of this key", path, "Try again") from None
        self.key_id = _key_id(self._key.get_public_key())

    def sign(self, content: bytes) -> bytes:
        """The signature of model.json's content, as a file."""
        comment = f"timestamp:{int(time.time())}\tfile:{FACTS}\thashed"
        return bytes(self._key.sign(content, trusted_comment=comment)) + b"\n"


def sign_model(folder: Path, signer: Signer) -> None:
    """Sign the model.json of a folder as it is now."""
    content = (folder / FACTS).read_bytes()
    with replace_file(folder / SIGNATURE) as temporary:
        temporary.write_bytes(signer.sign(content))


def check_signature(content: bytes, folder: Path, trusted: Path) -> str:
    """The id of the key, one of those `trusted`, that has signed model.json's content. FramingError if none of them has."""
    keys, library = read_trusted(trusted), _minisign()
    if not (folder / SIGNATURE).is_file():
        raise FramingError("is not signed, and only signed models are trusted", folder, "Sign it with `framing model sign`, or leave out --trusted")
    try:
        signature = library.Signature.from_bytes(_read(folder / SIGNATURE))
    except ValueError as error:
        raise FramingError(f"{SIGNATURE} is damaged, or no signature", folder, "Have the model signed again") from error
    signed_by = _say_id(_second_line(bytes(signature)))
    if signed_by not in keys:
        raise FramingError(f"is signed by the key {signed_by}, which is not among the {len(keys)} trusted in {trusted}", folder, "Use another model")
    try:
        keys[signed_by].verify(content, signature)
    except ValueError as error:
        what = f"{SIGNATURE} is not a signature of this model.json by the key {signed_by}: one of them was changed, or belongs to another model"
        raise FramingError(what, folder, "Do not use it; get the model again from who made it") from error
    return signed_by


def read_trusted(path: Path) -> dict[str, PublicKey]:
    """Public keys by their ids, from a file with one or several of them, or from the .pub files of a folder."""
    files = sorted(path.glob("*.pub"))[: MOST_KEYS + 1] if path.is_dir() else [path]
    if len(files) > MOST_KEYS:
        raise FramingError(f"has more than {MOST_KEYS} keys", path, "Name a folder with those you trust")
    keys = {_key_id(key): key for file in files for key in _read_public(file)}
    if not keys:
        raise FramingError("has no public key", path, "Name a .pub file that `framing model key` or minisign wrote, or a folder of such files")
    return keys


def make_keys(path: Path, password: str) -> tuple[Path, str]:
    """Write a new secret key, which only its owner can read, and beside it the public one. Returns where that is, and the id of both."""
    public = path.with_suffix(".pub")
    if public == path:
        raise FramingError("is the name of a public key", path, "Choose an --out that does not end in .pub")
    if taken := [file for file in (path, public) if file.exists()]:
        raise FramingError("is there already, and whoever trusts it would be left without", taken[0], "Choose another --out")
    pair = _minisign().KeyPair.generate()
    pair.public_key.untrusted_comment = f"minisign public key {_key_id(pair.public_key)}"
    pair.secret_key.encrypt(password)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        # Never for a moment readable by others.
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(bytes(pair.secret_key) + b"\n")
        public.write_bytes(bytes(pair.public_key) + b"\n")
    except OSError as error:
        with suppress(OSError):
            path.unlink()
        raise unwritable(error, path) from error
    return public, _key_id(pair.public_key)


def _read_public(path: Path) -> list[PublicKey]:
    keys, from_base64 = [], _minisign().PublicKey.from_base64
    for number, line in enumerate(_read(path).splitlines(), start=1):
        if not line.strip() or line.startswith(COMMENT):
            continue
        try:
            keys.append(from_base64(line.strip()))
        except ValueError as error:
            raise FramingError(f"line {number} is no public key of minisign", path, "Remove it, or name another file") from error
    return keys


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            content = file.read(LARGEST + 1)
    except OSError as error:
        raise FramingError(f"cannot be read ({error.strerror})", path, "Check the name") from error
    if len(content) > LARGEST:
        raise FramingError(f"has more than {LARGEST:,} bytes, which no key or signature has", path, "Name another file")
    return content


def _key_id(key: PublicKey) -> str:
    return _say_id(key.to_base64())


def _say_id(encoded: bytes) -> str:
    """As the program minisign writes it: the eight bytes behind the two that name the algorithm, the last first."""
    return base64.b64decode(encoded)[2:10][::-1].hex().upper()


def _second_line(content: bytes) -> bytes:
    return content.splitlines()[1]


def _minisign() -> Any:
    with needing("a signature"):
        import minisign
    return minisign
