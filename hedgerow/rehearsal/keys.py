"""Keys and a certificate made for one control plane, of a curve: RSA would take a second of its start."""

import datetime as dt
import ipaddress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey

DAY = dt.timedelta(days=1)
NAME = "hedgerow rehearsal"
USES = (
    *("digital_signature", "content_commitment", "key_encipherment", "data_encipherment", "key_agreement"),
    *("key_cert_sign", "crl_sign", "encipher_only", "decipher_only"),
)


def private_key() -> "EllipticCurvePrivateKey":
    """A new key."""
    from cryptography.hazmat.primitives.asymmetric import ec

    return ec.generate_private_key(ec.SECP256R1())


def pem(key: "EllipticCurvePrivateKey") -> str:
    """A key as it stands in a file."""
    from cryptography.hazmat.primitives import serialization

    form = (serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption())
    return key.private_bytes(serialization.Encoding.PEM, *form).decode()


def certificate(key: "EllipticCurvePrivateKey", address: str, now: dt.datetime) -> str:
    """A certificate that vouches for itself at one address, for a month: a stranger there is not mistaken for it."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization

    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, NAME)])
    usage = dict.fromkeys(USES, False) | {"digital_signature": True, "key_cert_sign": True}
    extensions = (
        (x509.BasicConstraints(ca=True, path_length=0), True),
        (x509.KeyUsage(**usage), True),
        (x509.SubjectKeyIdentifier.from_public_key(key.public_key()), False),
        (x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(address))]), False),
    )
    made = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number(), now - DAY, now + 30 * DAY)
    for extension, critical in extensions:
        made = made.add_extension(extension, critical=critical)
    return made.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM).decode()
