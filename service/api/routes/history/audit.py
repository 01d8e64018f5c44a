"""The audit over HTTP: who did what, when and from where, and the chain's head."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import partial
from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import StreamingResponse

from service.api.deps import ADMIN, VIEWER, Cursor, Limit, RuntimeDep
from service.api.problems import responses
from service.api.runtime import Runtime
from service.api.schemas.audit import AuditChainOut, AuditEntryOut, AuditHeadOut, AuditOut, SigningKeyOut
from service.api.schemas.base import Moment
from service.audit.signing import SigningKey, fingerprint
from service.replicas.answering import from_database
from service.store.audit import entries
from service.store.audit.newest import after, state_of

router = APIRouter(prefix="/audit", tags=["audit"])


@router.get("/head", summary="The head of the audit", dependencies=VIEWER, responses=responses(401, 503))
@from_database
def head(runtime: RuntimeDep) -> AuditHeadOut:
    """Give the hash of the newest entry, to be kept elsewhere."""
    with runtime.store.reading() as session:
        return AuditHeadOut.model_validate(entries.head(session))


@router.get("/key", summary="The key of signatures", dependencies=VIEWER, responses=responses(401, 422, 503))
def signing_key(runtime: RuntimeDep) -> SigningKeyOut:
    """Give the public key by which packs of evidence are signed. 422 if the private one is damaged."""
    public = SigningKey(runtime.settings.data).public()
    return SigningKeyOut(public_key=public, fingerprint=fingerprint(public))


@router.get(
    "/chain", summary="Whether the audit is whole", dependencies=ADMIN, responses=responses(401, 403, 503)
)
@from_database
def chain(runtime: RuntimeDep) -> AuditChainOut:
    """Follow the newest thousand entries: each one's hash must come of its content and the hash before."""
    with runtime.store.reading() as session:
        return AuditChainOut.model_validate(state_of(session))


@router.get(
    "/export",
    summary="The whole audit",
    dependencies=ADMIN,
    response_class=StreamingResponse,
    responses={
        200: {"content": {"application/x-ndjson": {}}, "description": "An entry per line, the oldest first."},
        **responses(401, 403, 503),
    },
)
@from_database
def export(runtime: RuntimeDep) -> StreamingResponse:
    """Give every entry with all that its hash covers, so that anybody can follow the chain; it is noted."""
    head = runtime.store.write(partial(entries.record, action="audit.export")).result()
    named = {"Content-Disposition": f'attachment; filename="barwatch-audit-{head.seq}.jsonl"'}
    return StreamingResponse(_lines(runtime, head.seq), media_type="application/x-ndjson", headers=named)


def _lines(runtime: Runtime, until: int) -> Iterator[str]:
    seq = 0
    while seq < until:
        with runtime.store.reading() as session:  # for each page: a slow client must not hold it open
            rows = after(session, seq, until)
        for row in rows:
            yield json.dumps({name: getattr(row, name) for name in (*entries.COVERED, "hash")}) + "\n"
        seq = rows[-1].seq if rows else until


@router.get("", summary="Who did what", dependencies=ADMIN, responses=responses(401, 403, 422, 503))
@from_database
def list_entries(
    runtime: RuntimeDep,
    actor: Annotated[str | None, Query(max_length=200, description="By this person or token only.")] = None,
    action: Annotated[
        str | None, Query(max_length=64, description="This action only, or all of a noun: `alarm.`.")
    ] = None,
    subject: Annotated[str | None, Query(max_length=200, description="Of this subject only.")] = None,
    address: Annotated[str | None, Query(max_length=64, description="From this address only.")] = None,
    from_: Annotated[Moment | None, Query(alias="from", description="At or after this.")] = None,
    to: Annotated[Moment | None, Query(description="Before this.")] = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> AuditOut:
    """Give a page of the audit, newest first."""
    with runtime.store.reading() as session:
        rows = entries.listing(
            session,
            actor=actor,
            action=action,
            subject=subject,
            address=address,
            from_=from_,
            to=to,
            before=None if cursor is None else int(cursor),
            limit=limit + 1,
        )
    shown = rows[:limit]
    following = str(shown[-1].seq) if len(rows) > limit else None
    return AuditOut(items=[AuditEntryOut.of(row) for row in shown], next=following)
