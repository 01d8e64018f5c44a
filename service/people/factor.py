"""The second factor: codes of an authenticator app (TOTP, RFC 6238), and recovery codes for a lost phone."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime

import pyotp
import segno

ISSUER = "Barwatch"
STEP_S = 30
SPARE_STEPS = 1
"""A phone's clock may be so many steps off."""

RECOVERY_CODES = 10


def new_secret() -> str:
    """Return a new shared secret: 160 random bits in base32."""
    return pyotp.random_base32()


def address_of(secret: str, name: str) -> str:
    """Return what an authenticator app reads, as otpauth://…"""
    return pyotp.TOTP(secret, interval=STEP_S).provisioning_uri(name=name, issuer_name=ISSUER)


def picture_of(secret: str, name: str) -> str:
    """Return the same as a QR code: an SVG picture as a data: address."""
    return str(segno.make(address_of(secret, name), error="m").svg_data_uri(scale=5, border=2))


def step_of(secret: str, code: str, now: datetime) -> int | None:
    """Return the time step that a code belongs to; None if it is wrong or too old.

    Whoever takes it notes that step: no code is taken twice, nor one from before it.
    """
    totp = pyotp.TOTP(secret, interval=STEP_S)
    here = int(now.timestamp()) // STEP_S
    found = None
    for step in range(here - SPARE_STEPS, here + SPARE_STEPS + 1):
        if pyotp.utils.strings_equal(totp.generate_otp(step), plain(code)):  # all are compared
            found = step
    return found


def recovery_codes() -> tuple[str, ...]:
    """Return new codes, each good once in place of the app's: 80 random bits."""
    made = (secrets.token_hex(10) for _ in range(RECOVERY_CODES))
    return tuple("-".join(code[at : at + 5] for at in range(0, 20, 5)) for code in made)


def digest_of(code: str) -> str:
    """Return what is stored of a recovery code: its entropy needs no slow hash."""
    return hashlib.sha256(plain(code).encode()).hexdigest()


def plain(code: str) -> str:
    """Return a code without the spaces and dashes that people type."""
    return "".join(code.split()).replace("-", "").lower()
