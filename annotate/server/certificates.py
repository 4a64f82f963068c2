"""The certificate of a lab's server: given by its owner, or made on the spot."""

from __future__ import annotations

import ipaddress
import re
import ssl
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from annotate.server.credentials import write_private
from schemas.errors import FramingError
from schemas.files import FAILURES, unwritable

if TYPE_CHECKING:
    from cryptography import x509
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey

__all__ = ["Certificate", "check_certificate", "prepare_certificate"]

_CERTIFICATE, _KEY = "certificate.pem", "certificate.key"
# What is made lasts a year, and is made anew when less than this is left of it.
YEAR, SOON = timedelta(days=365), timedelta(days=30)
# Clocks of those who connect may be behind.
EARLY = timedelta(hours=1)
_HOST = re.compile(r"(?=.{1,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)*[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")
# The longest common name that the format has room for.
LONGEST = 64


@dataclass(frozen=True)
class Certificate:
    """PEM files of a certificate (those of its authorities may follow in the file) and of its key, both readable. `fingerprint`: SHA-256 of the
    certificate in hex, a colon after each byte, as browsers show it. `names`: the hosts and addresses that it is for; `until` when it is valid."""

    path: Path
    key: Path
    fingerprint: str
    names: tuple[str, ...]
    until: datetime


def prepare_certificate(data: Path, name: str, addresses: Sequence[str] = ()) -> Certificate:
    """The certificate of this data folder, for a host of this name and these addresses (each a name or an IP address): made on the spot, signed by
    itself, and kept as long as it names them all and does not expire soon, so that its fingerprint stays. FramingError for what is no name."""
    wanted = list(dict.fromkeys(_plain(one) for one in (name, *addresses)))
    try:
        found = check_certificate(data / _CERTIFICATE, data / _KEY)
    except FramingError:
        # Not there yet, damaged, or half replaced: it is ours to make.
        found = None
    if found is None or not set(wanted) <= set(found.names) or found.until < datetime.now(UTC) + SOON:
        _make(data, wanted)
        found = check_certificate(data / _CERTIFICATE, data / _KEY)
    return found


def check_certificate(path: Path, key: Path) -> Certificate:
    """The certificate of these two PEM files. FramingError if one of them cannot be read, they do not belong together, or it is not valid now."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    try:
        found = x509.load_pem_x509_certificates(_read(path))[0]
        alternatives = _names_of(found)
    except ValueError as error:
        raise FramingError("is no certificate", path, "Give a file in PEM, with BEGIN CERTIFICATE in its first lines") from error
    try:
        own = load_pem_private_key(_read(key), password=None)
    except TypeError as error:
        raise FramingError("is locked with a password, which nobody enters when the server starts", key, "Give the key without one") from error
    except ValueError as error:
        raise FramingError("is no key of a certificate", key, "Give a file in PEM, with BEGIN PRIVATE KEY in its first line") from error
    if own.public_key() != found.public_key():
        raise FramingError(f"is not the key of {path}", key, "Give the two files that were made together")
    now = datetime.now(UTC)
    if not found.not_valid_before_utc <= now <= found.not_valid_after_utc:
        when = f"from {found.not_valid_before_utc:%Y-%m-%d} to {found.not_valid_after_utc:%Y-%m-%d}"
        raise FramingError(f"is valid {when}, and now it is {now:%Y-%m-%d}", path, "Have it renewed, or see to the clock")
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(path, key)
    except ssl.SSLError as error:
        raise FramingError(f"is not taken by this machine's OpenSSL ({error.reason})", path, "Have it made anew, with a stronger key") from error
    return Certificate(path, key, found.fingerprint(hashes.SHA256()).hex(":").upper(), alternatives, found.not_valid_after_utc)


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise FramingError(
            f"cannot be read ({error.strerror})", path, "Give the certificate and its key, readable by whoever runs the server"
        ) from error


def _names_of(certificate: x509.Certificate) -> tuple[str, ...]:
    from cryptography import x509

    try:
        names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return ()
    return (*names.get_values_for_type(x509.DNSName), *(str(address) for address in names.get_values_for_type(x509.IPAddress)))


def _plain(name: str) -> str:
    """A host as certificates spell it: an IP address in its short form, a name in lower case and in letters that are ASCII."""
    try:
        return str(ipaddress.ip_address(name.strip("[]")))
    except ValueError:
        pass
    try:
        host = name.rstrip(".").encode("idna").decode().lower()
    except UnicodeError:
        host = ""
    if not _HOST.fullmatch(host):
        raise FramingError("is no name of a host", name[:80], "As in labels.example.org, or an IP address; without https:// and port")
    return host


def _make(data: Path, names: Sequence[str]) -> None:
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

    key = ec.generate_private_key(ec.SECP256R1())
    try:
        # Whoever is killed between the two has a key without its certificate, and both are made again.
        write_private(data / _KEY, key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode())
        write_private(data / _CERTIFICATE, _sign(key, names).public_bytes(Encoding.PEM).decode())
    except FAILURES as error:
        raise unwritable(error, data) from error


def _sign(key: EllipticCurvePrivateKey, names: Sequence[str]) -> x509.Certificate:
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes
    from cryptography.x509.oid import ExtendedKeyUsageOID

    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, names[0][:LONGEST])])
    now = datetime.now(UTC)
    made = x509.CertificateBuilder().subject_name(subject).issuer_name(subject).public_key(key.public_key())
    made = made.serial_number(x509.random_serial_number()).not_valid_before(now - EARLY).not_valid_after(now + YEAR)
    made = made.add_extension(x509.SubjectAlternativeName([_as_name(name) for name in names]), critical=False)
    made = made.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
    made = made.add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
    identity = x509.SubjectKeyIdentifier.from_public_key(key.public_key())
    made = made.add_extension(identity, critical=False)
    authority = x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(identity)
    return made.add_extension(authority, critical=False).sign(key, hashes.SHA256())


def _as_name(name: str) -> x509.GeneralName:
    from cryptography import x509

    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)
