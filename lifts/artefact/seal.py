"""The seals of a manifest: nothing that decides, and no other byte of it, changes unseen.

`digest` is the SHA-256 of everything that decides, as canonical JSON; the file's own SHA-256 is a part of it,
and a model's identity begins with it. `file_digest` is the SHA-256 of the manifest's bytes, with zeros where
it stands itself: a number that is written otherwise, a key that stands twice, or a byte behind the end is
seen as well. `signature` is optional: Ed25519 over everything but itself and `file_digest`, in base64.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from typing import Any, NoReturn

DECIDES = (
    *("name", "version", "file", "sha256", "embedding_dim"),
    *("golden", "golden_passages", "calibration", "formerly"),
)
"""The keys that decide; all others are notes: training, metrics and the like."""

SEALS = ("digest", "file_digest", "signature")

_ZEROS = "0" * 64
_OWN = re.compile(rb'"file_digest": "([0-9a-f]{64})"')
_CHANGED = "it was edited, damaged or saved by another program"
_SIGNED = b"barwatch manifest 1\n"


def seal(content: Mapping[str, Any]) -> str:
    """Return a manifest as the text to write: human-readable JSON with both digests of `content`.

    Long vectors stay on one line. A signature in `content` is kept.

    Raises:
        ValueError: a number is not finite.
    """
    # What is read back is what was written: tuples have become lists by then.
    plain = json.loads(json.dumps(content, allow_nan=False))
    head = {"name": plain.get("name"), "version": plain.get("version"), "digest": digest(plain)}
    head["file_digest"] = _ZEROS
    text = json.dumps({**head, **{key: plain[key] for key in plain if key not in head}}, indent=1)
    # A line break stands in no JSON string, so this is never a part of one.
    text = re.sub(r"\[\n[-+\d.eE,\s]+\]", lambda found: "[" + " ".join(found[0][1:-1].split()) + "]", text)
    text += "\n"
    return text.replace(f'"file_digest": "{_ZEROS}"', f'"file_digest": "{_sha256(text.encode())}"')


def unseal(data: bytes) -> dict[str, Any]:
    """Return the content of a manifest, every byte of which is as it was sealed.

    Raises:
        ValueError: with the reason, as a sentence's end: "it is not JSON: …".
    """
    try:
        content = json.loads(data, parse_constant=_no_number, object_pairs_hook=_once)
    except (ValueError, RecursionError) as error:
        raise ValueError(f"it is not JSON: {error}") from None
    if not isinstance(content, dict) or "digest" not in content:
        raise ValueError(
            "it has no digest of the numbers that decide, as manifests of Barwatch before 0.7 have none: "
            "if you trust it, write it again with `barwatch seal`"
        )
    own = _OWN.findall(data)
    if len(own) != 1 or content.get("file_digest") != own[0].decode():
        raise ValueError(f"{_CHANGED}: its file_digest does not stand once")
    if (found := _sha256(_OWN.sub(b'"file_digest": "' + _ZEROS.encode() + b'"', data))) != own[0].decode():
        raise ValueError(f"{_CHANGED}: its SHA-256 is {found}, its file_digest says {own[0].decode()}")
    if (found := digest(content)) != content["digest"]:
        raise ValueError(
            f"what decides was changed: its SHA-256 is {found}, the digest says {content['digest']}"
        )
    return content


def digest(content: Mapping[str, Any]) -> str:
    """Return the SHA-256 of everything in a manifest that decides, as 64 hexadecimal digits."""
    return _sha256(_canonical({key: content[key] for key in DECIDES if key in content}))


def signed_bytes(content: Mapping[str, Any]) -> bytes:
    """Return what a manifest's signature signs: all of it, whatever its spelling, but its own seals."""
    without = {key: value for key, value in content.items() if key not in {"signature", "file_digest"}}
    return _SIGNED + _canonical(without)


def _canonical(content: Mapping[str, Any]) -> bytes:
    return json.dumps(content, sort_keys=True, separators=(",", ":"), allow_nan=False).encode()


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError(f"a key stands twice among {', '.join(found)}"[:200])
    return found


def _no_number(name: str) -> NoReturn:
    raise ValueError(f"{name} is no number in JSON")
