"""A lab's certificate: made once, believed where it is known, and never served when it would not be."""

from __future__ import annotations

import socket
import ssl
import stat
import threading
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, PrivateFormat

from annotate.server import certificates
from annotate.server.certificates import Certificate, check_certificate, prepare_certificate
from schemas.errors import FramingError


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    return prepare_certificate(tmp_path_factory.mktemp("lab"), "Labels.example.org", ["127.0.0.1", "::1", "bücher.example"])


def shake_hands(certificate: Certificate, host: str) -> bytes | None:
    """The certificate that somebody is shown who believes this one and asks for the host."""
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(certificate.path, certificate.key)
    ours, theirs = socket.socketpair()

    def serve() -> None:
        with ours:
            try:
                server.wrap_socket(ours, server_side=True).close()
            except OSError:
                return

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        with ssl.create_default_context(cafile=str(certificate.path)).wrap_socket(theirs, server_hostname=host) as talking:
            return talking.getpeercert(binary_form=True)
    finally:
        theirs.close()
        thread.join()


@pytest.mark.parametrize("host", ["labels.example.org", "127.0.0.1", "::1", "xn--bcher-kva.example"])
def test_whoever_knows_it_is_let_in_by_each_of_its_names(lab: Certificate, host: str) -> None:
    shown = shake_hands(lab, host)
    assert shown == ssl.PEM_cert_to_DER_cert(lab.path.read_text(encoding="ascii"))
    assert lab.names == ("labels.example.org", "xn--bcher-kva.example", "127.0.0.1", "::1")


def test_it_is_for_no_other_host_and_its_key_for_nobody_else(lab: Certificate) -> None:
    with pytest.raises(ssl.SSLCertVerificationError):
        shake_hands(lab, "other.example.org")
    assert stat.S_IMODE(lab.key.stat().st_mode) == 0o600
    assert len(lab.fingerprint.split(":")) == 32


def test_it_stays_until_it_lacks_a_name_expires_soon_or_is_damaged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = prepare_certificate(tmp_path, "labels.example.org", ["127.0.0.1"])
    assert prepare_certificate(tmp_path, "LABELS.example.org.") == first
    second = prepare_certificate(tmp_path, "labels.example.org", ["192.0.2.7"])
    assert second.fingerprint != first.fingerprint
    second.key.write_bytes(b"half of a key")
    third = prepare_certificate(tmp_path, "labels.example.org")
    assert third.fingerprint != second.fingerprint
    monkeypatch.setattr(certificates, "SOON", timedelta(days=366))
    assert prepare_certificate(tmp_path, "labels.example.org").fingerprint != third.fingerprint


@pytest.mark.parametrize("name", ["https://labels.example.org", "labels.example.org:8443", "", "a b", "-a.example", "*.example.org", "a\nb"])
def test_what_is_no_name_of_a_host_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(FramingError, match="no name of a host"):
        prepare_certificate(tmp_path, name)


def test_a_given_certificate_that_would_not_do_is_refused_in_one_line(tmp_path: Path, lab: Certificate, monkeypatch: pytest.MonkeyPatch) -> None:
    other = prepare_certificate(tmp_path / "other", "labels.example.org")
    weak = rsa.generate_private_key(65537, 2048)
    locked = tmp_path / "locked.key"
    locked.write_bytes(weak.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(b"password")))
    for path, key, what in [
        (tmp_path / "none.pem", lab.key, "none.pem: cannot be read"),
        (lab.key, lab.key, "is no certificate"),
        (lab.path, lab.path, "is no key"),
        (lab.path, locked, "is locked with a password"),
        (lab.path, other.key, "is not the key of"),
    ]:
        with pytest.raises(FramingError) as caught:
            check_certificate(path, key)
        assert what in str(caught.value)
    monkeypatch.setattr(certificates, "YEAR", timedelta(0))
    certificates._make(tmp_path, ["labels.example.org"])
    with pytest.raises(FramingError, match="is valid from"):
        check_certificate(tmp_path / "certificate.pem", tmp_path / "certificate.key")
