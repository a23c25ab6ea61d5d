"""The certificate of a control plane is good for its address alone, and nobody else has one like it."""

import datetime as dt
import socket
import ssl
import threading
from pathlib import Path

import pytest
from cryptography import x509

from hedgerow.rehearsal import keys

NOW = dt.datetime.now(dt.UTC).replace(microsecond=0)
BEGIN = NOW - dt.timedelta(days=1)
HOST = "127.0.0.1"


def served(folder: Path) -> tuple[socket.socket, str]:
    """A listening socket that answers one client by TLS, and what vouches for it."""
    key = keys.private_key()
    authority = keys.certificate(key, HOST, NOW)
    (folder / "key").write_text(keys.pem(key))
    (folder / "crt").write_text(authority)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "crt", folder / "key")
    listener = socket.create_server((HOST, 0))

    def answer() -> None:
        client, _ = listener.accept()
        try:
            context.wrap_socket(client, server_side=True).close()
        except (OSError, ssl.SSLError):
            client.close()

    threading.Thread(target=answer, daemon=True).start()
    return listener, authority


def shaken_hands(port: int, authority: str, name: str) -> bool:
    context = ssl.create_default_context(cadata=authority)
    context.verify_flags |= ssl.VERIFY_X509_STRICT
    with socket.create_connection((HOST, port), timeout=30) as plain, context.wrap_socket(plain, server_hostname=name):
        return True


def test_whoever_has_it_is_believed(tmp_path: Path) -> None:
    listener, authority = served(tmp_path)
    with listener:
        assert shaken_hands(listener.getsockname()[1], authority, HOST)


def test_at_another_address_it_is_not(tmp_path: Path) -> None:
    listener, authority = served(tmp_path)
    with listener, pytest.raises(ssl.SSLCertVerificationError, match="IP address mismatch"):
        shaken_hands(listener.getsockname()[1], authority, "127.0.0.2")


def test_a_stranger_on_the_port_is_not_mistaken_for_it(tmp_path: Path) -> None:
    listener, _ = served(tmp_path)
    with listener, pytest.raises(ssl.SSLCertVerificationError):
        shaken_hands(listener.getsockname()[1], keys.certificate(keys.private_key(), HOST, NOW), HOST)


def test_it_is_good_for_a_month_and_one_address() -> None:
    made = x509.load_pem_x509_certificate(keys.certificate(keys.private_key(), HOST, NOW).encode())
    begin, end = made.not_valid_before_utc, made.not_valid_after_utc
    assert (begin, end) == (BEGIN, BEGIN + dt.timedelta(days=31))
    names = made.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert [str(name) for name in names.get_values_for_type(x509.IPAddress)] == [HOST]
