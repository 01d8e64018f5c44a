"""Outputs' secrets: sealed with the key of the cameras' passwords, together with the output's id and kind."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Mapping

from cryptography.fernet import InvalidToken, MultiFernet

from service.domain.errors import ConfigurationError
from service.outputs.base.problems import OutputError, OutputProblem
from service.secrets.keys import KeyRing


def seal(ring: KeyRing, output_id: str, kind: str, secrets: Mapping[str, str]) -> bytes | None:
    """Return the secrets encrypted, None if there are none. Raises ConfigurationError: no usable key."""
    if not secrets:
        return None
    content = json.dumps({"id": output_id, "kind": kind, "secrets": dict(secrets)})
    return ring.keys(make=True).encrypt(content.encode())


def opened(ring: KeyRing, output_id: str, kind: str, sealed: bytes | None) -> dict[str, str]:
    """Return the secrets.

    Raises:
        OutputError: they cannot be decrypted, or are another output's.
    """
    if sealed is None:
        return {}
    with contextlib.suppress(ConfigurationError, InvalidToken, ValueError, TypeError, LookupError):
        content = json.loads(ring.keys().decrypt(sealed))
        if (content["id"], content["kind"]) == (output_id, kind):
            return {str(name): str(secret) for name, secret in content["secrets"].items()}
    raise OutputError(OutputProblem.SECRET_UNREADABLE)


def renewed(ring: KeyRing, sealed: bytes) -> bytes | None:
    """Return the same secrets sealed with the first key; None if they are already, or cannot be."""
    try:
        keys = ring.all_keys()
    except ConfigurationError:
        return None
    with contextlib.suppress(InvalidToken):
        keys[0].decrypt(sealed)
        return None
    with contextlib.suppress(InvalidToken):
        return MultiFernet(keys).rotate(sealed)
    return None
