"""What a push service is sent: a message that only the browser can read (RFC 8291), signed (RFC 8292)."""

from __future__ import annotations

import base64
import time

import http_ece
import httpx
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_private_key
from joserfc import jwt
from joserfc.jwk import ECKey

from service.outputs.base.problems import OutputError, OutputProblem

LASTS_S = 12 * 3600
"""How long a signature is good; at most 24 hours are allowed."""


def unpadded(content: bytes) -> str:
    """Return bytes in URL-safe base64 without padding."""
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode("ascii")


def padded(text: str) -> bytes:
    """Return what `unpadded` wrote. Raises ValueError."""
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


class VapidKey:
    """The key pair that says who sends.

    Raises:
        OutputError: it is none.
    """

    def __init__(self, pem: str) -> None:
        try:
            key = load_pem_private_key(pem.encode(), None)
        except (ValueError, TypeError, UnsupportedAlgorithm):
            key = None
        if not isinstance(key, ec.EllipticCurvePrivateKey) or not isinstance(key.curve, ec.SECP256R1):
            raise OutputError(OutputProblem.MISCONFIGURED, where="secrets.private_key")
        point = key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        self.public = unpadded(point)
        """What browsers subscribe with: applicationServerKey."""
        self._key = ECKey.import_key(pem)

    def authorization(self, endpoint: str, contact: str) -> str:
        """Return the value of Authorization for a push service's address."""
        address = httpx.URL(endpoint)
        claims = {
            "aud": f"{address.scheme}://{address.netloc.decode('ascii')}",
            "exp": int(time.time()) + LASTS_S,
            "sub": contact,
        }
        token = jwt.encode({"typ": "JWT", "alg": "ES256"}, claims, self._key)
        return f"vapid t={token}, k={self.public}"


def encrypted(content: bytes, p256dh: bytes, auth: bytes) -> bytes:
    """Return a message that only the browser of these keys can read. Raises ValueError: they are none."""
    try:
        key = ec.generate_private_key(ec.SECP256R1())
        made: bytes = http_ece.encrypt(content, private_key=key, dh=p256dh, auth_secret=auth)
    except http_ece.ECEException as error:
        raise ValueError(str(error)) from None
    return made
