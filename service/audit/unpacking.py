"""Checks an exported pack offline: its files, its rows, and the audit's entry that covers them."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from service.audit.archive import packed, unpacked
from service.audit.findings import Broken, Report
from service.audit.pack import (
    ALGORITHM,
    FORMAT,
    MANIFEST,
    PROOF,
    ROWS,
    SIGNATURE,
    UNSIGNED,
    PackedRow,
    as_json,
    to_sign,
)
from service.audit.selftests import SELF_TESTS, check_packed
from service.audit.signing import is_signed
from service.domain.errors import ConfigurationError
from service.store.audit import entries
from service.store.damage import DAMAGE

MOST_BYTES = 256_000_000


def verify_pack(path: Path, head: str | None = None, key: str | None = None) -> Report:
    """Check a pack; its entry's hash is the report's head.

    Args:
        path: the file.
        head: the hash of the entry by which the pack was exported, from elsewhere.
        key: the public key of the installation that must have signed it (base64), from elsewhere.

    Raises:
        ConfigurationError: the file cannot be read.
    """
    try:
        content = Path(path).read_bytes()
    except OSError as error:
        raise ConfigurationError(f"{path}: cannot be read: {error.strerror}") from error
    report = Report()
    try:
        files = unpacked(content, MOST_BYTES)
    except ValueError as error:
        report.take([Broken("the pack", f"it is no whole ZIP file: {error}")])
        return report
    try:
        report.take(_check(files, head, report))
        report.take(_check_signature(files, key, report))
        report.take(_check_self_tests(files, report))
    except DAMAGE as error:
        report.take([Broken("the pack", f"it cannot be read: {type(error).__name__}: {error}")])
    if report.ok and packed(files) != content:
        report.take(
            [Broken("the pack", "its files are whole, but the ZIP around them is not what was written")]
        )
    return report


def _check(files: Mapping[str, bytes], head: str | None, report: Report) -> Iterator[Broken]:
    missing = [name for name in (MANIFEST, ROWS, PROOF) if name not in files]
    if missing:
        yield Broken(missing[0], "it is missing")
        return
    manifest, proof = json.loads(files[MANIFEST]), json.loads(files[PROOF])
    if manifest["format"] not in (FORMAT, UNSIGNED):
        yield Broken(MANIFEST, f"it is no {FORMAT}")
    yield from _check_files(files, manifest["files"], report)
    for one in manifest["sealed"]:
        if one["unchanged"] is not True:
            yield Broken(f"{one['table']} {one['key']}", "it was not what was sealed when it was exported")
    yield from _check_rows(files[ROWS], proof, report)
    yield from _check_proof(files[MANIFEST], proof, report)
    if head is not None and head != proof["hash"]:
        yield Broken(PROOF, f"the pack was exported by entry {proof['hash']}, not by {head}")


def _check_signature(files: Mapping[str, bytes], key: str | None, report: Report) -> Iterator[Broken]:
    if SIGNATURE not in files or PROOF not in files:
        if key is not None or json.loads(files.get(MANIFEST, b"{}")).get("format") != UNSIGNED:
            yield Broken(SIGNATURE, "it is missing")
        return
    try:
        signed = json.loads(files[SIGNATURE])
        public, signature = str(signed["public_key"]), str(signed["signature"])
    except DAMAGE as error:
        yield Broken(SIGNATURE, f"it cannot be read: {type(error).__name__}: {error}")
        return
    expected = {"algorithm": ALGORITHM, "public_key": public, "signature": signature}
    if signed != expected or as_json(signed) != files[SIGNATURE] or not _is_plain(public, signature):
        yield Broken(SIGNATURE, "it is not written as the service writes it")
    elif not is_signed(to_sign(files[PROOF]), signature, public):
        yield Broken(SIGNATURE, "it is not the signature of this pack by the key that it names")
    else:
        report.signed_by = public
    if key is not None and public != key:
        yield Broken(SIGNATURE, f"the pack was signed by another key: {public}")


def _is_plain(*texts: str) -> bool:
    """Say whether each is base64 as it is written: other texts may mean the same bytes."""
    try:
        return all(base64.b64encode(base64.b64decode(text, validate=True)).decode() == text for text in texts)
    except ValueError:
        return False


def _check_files(files: Mapping[str, bytes], named: Mapping[str, str], report: Report) -> Iterator[Broken]:
    for name, digest in named.items():
        report.pictures += name != ROWS
        if name not in files:
            yield Broken(name, "it is missing")
        elif hashlib.sha256(files[name]).hexdigest() != digest:
            yield Broken(name, "it is not the file that was exported")
    for name in files.keys() - named.keys() - {MANIFEST, PROOF, SIGNATURE}:
        yield Broken(name, "it does not belong to the pack")


def _check_rows(content: bytes, proof: Mapping[str, Any], report: Report) -> Iterator[Broken]:
    sealed = {(table, key): digest for _, table, key, _, digest in proof["seals"]}
    for plain in json.loads(content):
        row = PackedRow.of_plain(plain)
        report.rows += 1
        if sealed.get((row.table, row.key)) != row.seal.hex():
            yield Broken(f"{row.table} {row.key}", "it is not the row that the audit's entry covers")


def _check_self_tests(files: Mapping[str, bytes], report: Report) -> Iterator[Broken]:
    """Check the records of self-tests by the keys that the manifest names, which is signed itself."""
    if MANIFEST not in files or ROWS not in files:
        return
    rows = [PackedRow.of_plain(plain) for plain in json.loads(files[ROWS])]
    keys = {str(key) for key in json.loads(files[MANIFEST]).get("signing_keys", ())}
    yield from check_packed((row.content() for row in rows if row.table == SELF_TESTS), keys, report)


def _check_proof(manifest: bytes, proof: Mapping[str, Any], report: Report) -> Iterator[Broken]:
    entry = proof["entry"]
    name = f"audit entry {entry['seq']}"
    report.entries, report.head_seq, report.head_hash = 1, int(entry["seq"]), str(proof["hash"])
    seals = [
        (number, table, key, form, None if digest is None else bytes.fromhex(digest))
        for number, table, key, form, digest in proof["seals"]
    ]
    if entries.digest_of_seals(seals) != entry["seals"]:
        yield Broken(name, "the seals that it covers are not those in the pack")
    body = entries.body_digest([entry[column] for column in entries.COVERED])
    if entries.link(str(proof["before"]), body) != proof["hash"]:
        yield Broken(name, "its hash does not follow from its content and the entry before")
    if json.loads(entry["details"])["manifest"] != hashlib.sha256(manifest).hexdigest():
        yield Broken(MANIFEST, "it is not the manifest that the audit's entry covers")
