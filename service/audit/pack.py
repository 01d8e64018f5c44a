"""The evidence of an alarm as one file that proves itself: rows, files, and the audit's word for them.

The rows are sealed anew as they are packed, if they still are what was sealed before, and an entry of the
audit covers these seals and the manifest. So the pack holds all it takes to check it, and its entry binds
it to the chain.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from service.audit.archive import packed
from service.audit.signing import SigningKey
from service.domain.errors import ConflictError
from service.store.audit import entries, guard
from service.store.audit.guard import Form, row_seal
from service.store.tables import AuditRow, SealRow

FORMAT, UNSIGNED = "barwatch evidence 2", "barwatch evidence 1"
"""What a pack says it is; earlier versions did not sign theirs."""

MANIFEST, ROWS, PROOF, SIGNATURE = "manifest.json", "rows.json", "proof.json", "signature.json"
ALGORITHM = "Ed25519"


@dataclass(frozen=True, slots=True)
class PackedRow:
    """A row as it is stored: kind and content of each column, in the order of names; text as bytes."""

    table: str
    key: str
    columns: tuple[str, ...]
    values: tuple[Any, ...]

    @property
    def seal(self) -> bytes:
        """The row's seal, computed from what is here."""
        return row_seal(self.table, self.key, *self.values)

    def content(self) -> dict[str, Any]:
        """Return what each column holds, text as it reads."""
        pairs = zip(self.columns, self.values[::2], self.values[1::2], strict=True)
        return {
            name: bytes(value).decode("utf-8", "surrogateescape") if kind == "text" else value
            for name, kind, value in pairs
        }

    def plain(self) -> dict[str, Any]:
        """Return it as JSON: text as it reads, bytes in base 64."""
        cells: dict[str, Any] = {}
        for name, kind, content in zip(self.columns, self.values[::2], self.values[1::2], strict=True):
            shown: Any = content
            if kind == "text":
                shown = bytes(content).decode("utf-8", "surrogateescape")
            elif kind == "blob":
                shown = base64.b64encode(content).decode()
            cells[name] = [kind, shown]
        return {"table": self.table, "key": self.key, "columns": cells}

    @classmethod
    def of_plain(cls, row: Mapping[str, Any]) -> PackedRow:
        """Return what `plain` wrote; raises ValueError, TypeError, LookupError, AttributeError for else."""
        values: list[Any] = []
        for kind, shown in row["columns"].values():
            content = shown
            if kind == "text":
                content = shown.encode("utf-8", "surrogateescape")
            elif kind == "blob":
                content = base64.b64decode(shown, validate=True)
            values += [kind, content]
        return cls(str(row["table"]), str(row["key"]), tuple(row["columns"]), tuple(values))


def read_rows(session: Session, table: str, where: str, **named: object) -> list[PackedRow]:
    """Return the rows of a guarded table that a condition in SQL names, as they are stored."""
    form = guard.read_forms(session)[0][table]
    how = guard.sql_of(session)
    query = text(f"SELECT {how.key(form, table)}, {how.values(form, table)} FROM {table} WHERE {where}")  # noqa: S608 - our own tables and conditions
    rows = session.execute(query, named).all()
    return [PackedRow(table, key, form.columns, _as_bytes(values)) for key, *values in rows]


def _as_bytes(values: Sequence[Any]) -> tuple[Any, ...]:
    """Return kinds and contents with text as bytes, whatever the database gives it as."""
    return tuple(
        value.encode() if place % 2 and isinstance(value, str) else value
        for place, value in enumerate(values)
    )


def seals_of(session: Session, rows: Sequence[PackedRow]) -> list[dict[str, Any]]:
    """Return of each row which entry of the audit covered it last, and whether it is still as it was then."""
    found = []
    for row in rows:
        seal = _newest(session, row)
        covering = None
        if seal is not None:
            query = select(AuditRow.seq, AuditRow.at, AuditRow.hash).where(AuditRow.last_seal >= seal.id)
            covering = session.execute(query.order_by(AuditRow.seq).limit(1)).first()
        found.append(
            {
                "table": row.table,
                "key": row.key,
                "unchanged": seal is not None and _digest(session, row, seal.form) == seal.digest,
                "entry": None if covering is None else covering.seq,
                "at": None if covering is None else covering.at,
                "hash": None if covering is None else covering.hash,
            }
        )
    return found


def certify(session: Session, alarm_id: str, manifest: bytes, rows: Sequence[PackedRow]) -> dict[str, Any]:
    """Seal the rows once more, and let an entry cover them and the manifest; return the proof.

    A row that is not what was sealed before keeps the seal that it does not fit.

    Raises:
        ConflictError: a row has changed since it was read.
    """
    number = guard.read_forms(session)[1]
    before = entries.head(session)
    for row in rows:
        name = guard.sql_of(session).key(guard.read_forms(session)[0][row.table], row.table)
        (now,) = read_rows(session, row.table, f"{name} = :k", k=row.key)
        if now.values != row.values:
            raise ConflictError(f"{row.table} {row.key} has just changed: ask again", "changed_meanwhile")
        seal = _newest(session, row)
        if seal is not None and _digest(session, row, seal.form) == seal.digest:
            session.add(SealRow(tbl=row.table, key=row.key, form=number, digest=row.seal))
    digest = hashlib.sha256(manifest).hexdigest()
    head = entries.record(session, "evidence.export", alarm_id, manifest=digest, rows=len(rows))
    entry = session.scalars(select(AuditRow).where(AuditRow.seq == head.seq)).one()
    covered = session.scalars(
        select(SealRow)
        .where(SealRow.id > before.last_seal, SealRow.id <= head.last_seal)
        .order_by(SealRow.id)
    )
    return {
        "before": before.hash,
        "entry": {name: getattr(entry, name) for name in entries.COVERED},
        "hash": head.hash,
        "seals": [
            [s.id, s.tbl, s.key, s.form, None if s.digest is None else s.digest.hex()] for s in covered
        ],
    }


def write_pack(
    manifest: bytes,
    rows: Sequence[PackedRow],
    proof: Mapping[str, Any],
    files: Mapping[str, bytes],
    key: SigningKey,
) -> bytes:
    """Return the pack, signed. Raises ConfigurationError: the key cannot be used."""
    proven = as_json(proof)
    signed = {"algorithm": ALGORITHM, "public_key": key.public(), "signature": key.sign(to_sign(proven))}
    written = {MANIFEST: manifest, ROWS: rows_json(rows), PROOF: proven, SIGNATURE: as_json(signed)}
    return packed({**files, **written})


def to_sign(proof: bytes) -> bytes:
    """Return what is signed: the proof, which covers the manifest, which covers each file."""
    return FORMAT.encode() + b"\n" + proof


def rows_json(rows: Sequence[PackedRow]) -> bytes:
    """Return the rows as they stand in a pack."""
    return as_json([row.plain() for row in rows])


def as_json(content: object) -> bytes:
    """Return plain content as JSON that people can read."""
    return json.dumps(content, indent=1, default=str).encode() + b"\n"


def _newest(session: Session, row: PackedRow) -> SealRow | None:
    query = select(SealRow).where(SealRow.tbl == row.table, SealRow.key == row.key)
    return session.scalars(query.order_by(SealRow.id.desc()).limit(1)).first()


def _digest(session: Session, row: PackedRow, form: int) -> bytes:
    """Return the row's seal by the columns of an earlier form: a newer version may have added some."""
    then: Form = guard.form_at(session, form)[row.table]
    at = {name: place for place, name in enumerate(row.columns)}
    values = [row.values[2 * at[name] + place] for name in then.columns if name in at for place in (0, 1)]
    return row_seal(row.table, row.key, *values)
