"""Whether something is as its caller has read it: ETag and If-Match (RFC 9110, sections 8.8.3 and 13.1)."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any, Literal, TypeVar

from fastapi import Depends, Header, Response
from pydantic_core import to_json
from sqlalchemy.orm import Session

from service.domain.errors import ChangedElsewhereError
from service.store.database import Check

Shown = TypeVar("Shown")

_HEADER = {"ETag": {"description": "Of what is stored now.", "schema": {"type": "string"}}}
TAGGED: dict[int | str, dict[str, Any]] = {200: {"headers": _HEADER}}
"""For a route's `responses`: its answer has an ETag."""
TAG = "The ETag of what is stored: for `If-Match` of what replaces it."
"""Describes a tag that stands in a list, beside what it is of."""


def tag_of(*parts: object) -> str:
    """Return what differs whenever something else is stored; parts: what JSON can be made of."""
    digest = hashlib.blake2b(digest_size=12)
    for part in parts:
        digest.update(to_json(part) + b"\n")
    return f'"{digest.hexdigest()}"'


@dataclass(frozen=True, slots=True)
class Precondition:
    """What must be stored for a change to be made.

    Attributes:
        matching: tags, one of which it must have; `*`: anything must be stored; None: whatever there is.
        is_first: nothing may be stored.
    """

    matching: str | None = None
    is_first: bool = False

    def check(self, stored: str | None) -> None:
        """Raise ChangedElsewhereError unless it holds; stored: the tag of what there is, None: nothing."""
        if (self.is_first and stored is not None) or not self._matches(stored):
            raise ChangedElsewhereError("somebody else changed this meanwhile", "changed_elsewhere")

    def on(self, tag: Callable[[Session], str | None]) -> Check | None:
        """Return the check for `guarded`, which runs it in the change's transaction; None: it may be."""
        if self.matching is None and not self.is_first:
            return None
        return lambda session: self.check(tag(session))

    def _matches(self, stored: str | None) -> bool:
        if self.matching is None:
            return True
        # A proxy that compresses answers makes their tags weak; they are of the same all the same.
        named = {one.strip().removeprefix("W/") for one in self.matching.split(",")}
        return stored is not None and not named.isdisjoint({stored, "*"})


def _precondition(
    if_match: Annotated[
        str | None, Header(description="ETag of what was read before; without it, anything is replaced.")
    ] = None,
    if_none_match: Annotated[
        Literal["*"] | None, Header(description="Nothing is replaced: there may be none yet.")
    ] = None,
) -> Precondition:
    return Precondition(if_match, if_none_match is not None)


IfUnchanged = Annotated[Precondition, Depends(_precondition)]
"""What a caller demands of what is stored. A route that takes it answers 412 `changed_elsewhere`."""


def tagged(shown: Shown, tag: str, response: Response) -> Shown:
    """Give the answer its ETag; return it."""
    response.headers["ETag"] = tag
    return shown
