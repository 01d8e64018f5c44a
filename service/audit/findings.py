"""What a verification found: links that are broken, and how much was looked at."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

MOST = 100
"""At most this many findings are kept: the first one says that history is no longer what it was."""


@dataclass(frozen=True, slots=True)
class Broken:
    """A link that does not hold.

    link: which entry, row or picture. differs: what is wrong with it. columns: of a row, which differ.
    """

    link: str
    differs: str
    columns: tuple[str, ...] = ()

    def __str__(self) -> str:
        """Return it for people."""
        named = f" ({', '.join(self.columns)})" if self.columns else ""
        return f"{self.link}: {self.differs}{named}"


@dataclass(slots=True)
class Report:
    """What was looked at, and what is broken, the first link first.

    head_seq, head_hash: the chain's newest entry. uncovered: seals that no entry covers yet.
    unnoted: pictures of earlier versions, or being written, of which no digest is known.
    left_out: files that a restored backup had left out on purpose.
    self_tests: signed records of self-tests that were looked at.
    signed_by: the public key that a pack's signature holds by; empty if none does.
    """

    head_seq: int = 0
    head_hash: str = ""
    entries: int = 0
    rows: int = 0
    pictures: int = 0
    clips: int = 0
    self_tests: int = 0
    uncovered: int = 0
    unnoted: int = 0
    left_out: int = 0
    signed_by: str = ""
    broken: list[Broken] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        """Whether every link holds."""
        return not self.broken

    def take(self, found: Iterable[Broken]) -> None:
        """Add what was found, up to MOST."""
        self.broken.extend(_first(found, MOST - len(self.broken)))


def _first(found: Iterable[Broken], most: int) -> Iterator[Broken]:
    for number, one in enumerate(found):
        if number >= most:
            return
        yield one
