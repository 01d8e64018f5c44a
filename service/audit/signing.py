"""The installation's own signature (Ed25519): on evidence that leaves it, and on records of self-tests.

    key = SigningKey(data_dir)
    signature = key.sign(content)            # the key is made with the first signature
    is_signed(content, signature, key.public())

It proves which installation made something, not that it is true: whoever has the data folder has the key.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import threading
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from service.domain.errors import ConfigurationError
from service.host.private import write_once

SIGNING_KEY = "signing.key"


class SigningKey:
    """The key in the data folder, readable by its owner alone. Safe from any thread.

    Args:
        data_dir: the folder. The key is 32 bytes in base64.
    """

    def __init__(self, data_dir: Path) -> None:
        self._path = Path(data_dir) / SIGNING_KEY
        self._lock = threading.Lock()
        self._key: Ed25519PrivateKey | None = None

    def sign(self, content: bytes) -> str:
        """Return the signature in base64. Raises ConfigurationError: the key can be neither read nor made."""
        return base64.b64encode(self._private().sign(content)).decode()

    def public(self) -> str:
        """Return the public key, 32 bytes in base64. Raises ConfigurationError."""
        return base64.b64encode(self._private().public_key().public_bytes_raw()).decode()

    def _private(self) -> Ed25519PrivateKey:
        with self._lock:
            if self._key is None:
                self._key = self._read()
            return self._key

    def _read(self) -> Ed25519PrivateKey:
        try:
            if not self._path.exists():
                secret = Ed25519PrivateKey.generate().private_bytes_raw()
                write_once(self._path, base64.b64encode(secret) + b"\n")
            return Ed25519PrivateKey.from_private_bytes(
                base64.b64decode(self._path.read_bytes().strip(), validate=True)
            )
        except (OSError, ValueError) as error:
            reason = getattr(error, "strerror", None) or "expected 32 bytes in base64"
            raise ConfigurationError(
                f"{self._path}: the signing key cannot be used: {reason}", "signing_key_unusable"
            ) from error


def is_signed(content: bytes, signature: str, public: str) -> bool:
    """Say whether `signature` (base64) is of this content, by the holder of the public key (base64)."""
    try:
        key = Ed25519PublicKey.from_public_bytes(base64.b64decode(public, validate=True))
        key.verify(base64.b64decode(signature, validate=True), content)
    except (binascii.Error, ValueError, InvalidSignature):
        return False
    return True


def fingerprint(public: str) -> str:
    """Return what people compare: the first 32 hexadecimal digits of the public key's SHA-256."""
    return hashlib.sha256(base64.b64decode(public)).hexdigest()[:32]
