"""Labels and pictures as files for others to learn from or to check: CSV, or a ZIP with the pictures.

Both are made while they are sent, a page of passages at a time: a season's pictures need no more memory than
a page of them. People are numbered, not named; what is hidden on the pictures stays so, and where a lift
hides people now, pictures from before it did are left out.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy.orm import Session

from service.figures.spreadsheet import csv_line
from service.store import passages
from service.store.database import Store
from service.store.pictures import Pictures
from service.store.records import PassageRecord
from service.store.reviewing import answers, exported

PAGE = 100
_LONG_AGO = (1980, 1, 1, 0, 0, 0)

LABELS = (
    *("passage_id", "lift_id", "seen_at", "answer", "occupied", "state", "reviewers"),
    *("verdict", "confidence", "margin", "seat", "alarm", "mask_version", "model"),
    *("day", "stratum", "probability", "pictures"),
)
ANSWERS = ("passage_id", "reviewer", "at", "answer", "occupied", "blind", "ended_at", "comment")
Cell = str | float | bool | None


@dataclass(frozen=True, slots=True)
class ExportRange:
    """Which labels leave: of a lift, seen in [from_, to), aware times; None: without that end."""

    lift_id: str
    from_: datetime | None
    to: datetime | None


@dataclass(slots=True)
class _Reviewers:
    """People by numbers, in the order in which they come."""

    known: dict[str, int] = field(default_factory=dict)

    def number(self, identity: str) -> str:
        return f"R{self.known.setdefault(identity, len(self.known) + 1)}"


def labels_csv(store: Store, wanted: ExportRange) -> Iterator[bytes]:
    """Give the labels as CSV, a line each, newest passages first. Raises StoreError."""
    yield _line(LABELS)
    reviewers = _Reviewers()
    for page in _pages(store, wanted, reviewers):
        yield b"".join(_line(label) for _, label, _ in page)


def labels_zip(store: Store, pictures: Pictures, wanted: ExportRange, *, hides: bool) -> Iterator[bytes]:
    """Give labels.csv, answers.csv and the pictures as a ZIP. Raises StoreError.

    hides: the lift hides people now.
    """
    made = _Made()
    reviewers, said = _Reviewers(), io.BytesIO(_line(ANSWERS))
    labels = io.BytesIO(_line(LABELS))
    for text in (said, labels):
        text.seek(0, io.SEEK_END)
    with zipfile.ZipFile(made, "w") as archive:
        for page in _pages(store, wanted, reviewers):
            for record, label, lines in page:
                labels.write(_line(label))
                said.write(b"".join(_line(line) for line in lines))
                for name, content in _pictures_of(record, pictures, hides=hides):
                    archive.writestr(_info(name), content)
            yield made.taken()
        archive.writestr(_info("labels.csv"), labels.getvalue())
        archive.writestr(_info("answers.csv"), said.getvalue())
    yield made.taken()


def _pages(
    store: Store, wanted: ExportRange, reviewers: _Reviewers
) -> Iterator[list[tuple[PassageRecord, Sequence[Cell], list[Sequence[Cell]]]]]:
    before: int | None = None
    while True:
        with store.reading() as session:  # for each page: a slow client must not hold it open
            page = passages.listing(
                session,
                lift_id=wanted.lift_id,
                reviewed=True,
                from_=wanted.from_,
                to=wanted.to,
                before=before,
                limit=PAGE,
            )
            rows = [_row(session, record, reviewers.number) for record in page.items]
        yield rows
        if page.next is None:
            return
        before = page.next


def _row(
    session: Session, record: PassageRecord, number: Callable[[str], str]
) -> tuple[PassageRecord, Sequence[Cell], list[Sequence[Cell]]]:
    about, said = exported.about(session, record.id), answers.history(session, record.id)
    judged, label = record.judgement, record.review
    lines: list[Sequence[Cell]] = [
        (
            *(record.id, number(one.given.identity), one.given.at.isoformat(), one.given.answer.value),
            *(one.given.occupied, one.given.blind),
            *(None if one.ended_at is None else one.ended_at.isoformat(), one.given.comment),
        )
        for one in said
    ]
    row: Sequence[Cell] = (
        *(record.id, record.lift_id, record.seen_at.isoformat()),
        *(about.answer, None if label is None else label.occupied, about.state, len(said)),
        *(judged.verdict.value, judged.confidence, judged.margin, judged.seat.value, about.alarmed),
        *(judged.mask_version, judged.model, about.day, about.stratum, about.probability),
        sum(one.file is not None for one in record.pictures),
    )
    return record, row, lines


def _pictures_of(record: PassageRecord, pictures: Pictures, *, hides: bool) -> Iterator[tuple[str, bytes]]:
    for number, picture in enumerate(record.pictures, 1):
        shown = picture.file is not None and (picture.numbers_sha256 is not None or not hides)
        content = pictures.content(picture.file) if shown and picture.file is not None else None
        if content is not None:
            yield f"pictures/{record.id.replace(':', '_')}-{number}.jpg", content


def _info(name: str) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name, _LONG_AGO)
    info.create_system, info.external_attr = 3, 0o600 << 16
    return info


def _line(cells: Sequence[Cell]) -> bytes:
    return csv_line(_plain(cell) for cell in cells).encode()


def _plain(cell: Cell) -> str | float | None:
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    return cell


class _Made(io.RawIOBase):
    """What a ZIP has written and nobody has taken yet; it cannot go back."""

    def __init__(self) -> None:
        super().__init__()
        self._chunks: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, content: object) -> int:
        taken = bytes(content)  # type: ignore[call-overload]
        self._chunks.append(taken)
        return len(taken)

    def taken(self) -> bytes:
        """Take what there is."""
        chunks, self._chunks = self._chunks, []
        return b"".join(chunks)
