"""Whether something is as its caller has read it: ETag and If-Match (RFC 9110, sections 8.8.3 and 13.1.1)."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Annotated, Any

from fastapi import Header
from pydantic import BaseModel

from service.domain.errors import ChangedElsewhereError

IfMatch = Annotated[
    str | None, Header(description="ETag of what was read before; without it, anything is replaced.")
]
TAGGED: dict[int | str, dict[str, Any]] = {
    200: {"headers": {"ETag": {"description": "Of what is stored now.", "schema": {"type": "string"}}}},
}


def tag_of(*parts: BaseModel) -> str:
    """Return what differs whenever something else is stored."""
    digest = hashlib.blake2b(digest_size=12)
    for part in parts:
        digest.update(part.model_dump_json().encode() + b"\n")
    return f'"{digest.hexdigest()}"'


def check_unchanged(stored: Sequence[BaseModel], if_match: str | None) -> None:
    """Raise ChangedElsewhereError unless what is stored is what a caller has read, who named its tag.

    Has to be called in the transaction that replaces it.
    """
    if if_match is None or if_match.strip() == "*":
        return
    if tag_of(*stored) not in {one.strip() for one in if_match.split(",")}:
        raise ChangedElsewhereError("somebody else changed this meanwhile", "changed_elsewhere")
