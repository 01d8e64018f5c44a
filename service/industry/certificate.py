"""The OPC UA server's own certificate: made once, signed by itself, kept in the data folder."""

from __future__ import annotations

import ipaddress
import socket
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from service.host.private import private_file, private_folder

FOLDER = "opcua"
VALID_YEARS = 20
"""Who trusts it compares it with what the administrator sees; nobody renews it by itself."""


def own_certificate(data: Path, uri: str) -> tuple[bytes, bytes]:
    """Return the certificate and its key as PEM, made at the first call.

    Args:
        data: the data folder.
        uri: the application URI that it is for; another one makes a new certificate.

    Raises:
        OSError: they cannot be read or written.
    """
    folder = data / FOLDER
    private_folder(folder)
    certificate, key = folder / "certificate.pem", folder / "key.pem"
    if not (certificate.exists() and key.exists() and _is_for(certificate.read_bytes(), uri)):
        made, secret = _make(uri)
        private_file(key)
        key.write_bytes(secret)
        certificate.write_bytes(made)
    return certificate.read_bytes(), key.read_bytes()


def fingerprint(certificate: bytes) -> str:
    """Return the SHA-1 thumbprint by which OPC UA clients show a certificate, in hexadecimal."""
    return x509.load_pem_x509_certificate(certificate).fingerprint(hashes.SHA1()).hex()  # noqa: S303


def _is_for(pem: bytes, uri: str) -> bool:
    try:
        names = x509.load_pem_x509_certificate(pem).extensions.get_extension_for_class(
            x509.SubjectAlternativeName
        )
    except (ValueError, x509.ExtensionNotFound):
        return False
    return uri in names.value.get_values_for_type(x509.UniformResourceIdentifier)


def _make(uri: str) -> tuple[bytes, bytes]:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Barwatch")])
    now = datetime.now(UTC) - timedelta(days=1)
    hosts = [x509.DNSName(socket.gethostname()), x509.DNSName("localhost")]
    built = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now)
        .not_valid_after(now + timedelta(days=365 * VALID_YEARS))
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(
            x509.SubjectAlternativeName(
                [
                    x509.UniformResourceIdentifier(uri),
                    *hosts,
                    x509.IPAddress(ipaddress.ip_address("127.0.0.1")),
                ]
            ),
            critical=False,
        )
        .add_extension(
            x509.KeyUsage(
                digital_signature=True,
                content_commitment=True,
                key_encipherment=True,
                data_encipherment=True,
                key_agreement=False,
                key_cert_sign=False,
                crl_sign=False,
                encipher_only=False,
                decipher_only=False,
            ),
            critical=True,
        )
        .add_extension(
            x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH]),
            critical=False,
        )
        .sign(key, hashes.SHA256())
    )
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return built.public_bytes(serialization.Encoding.PEM), secret
