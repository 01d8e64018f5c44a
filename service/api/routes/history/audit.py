"""The audit over HTTP: who did what, when and from where, and the chain's head."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query

from service.api.deps import ADMIN, VIEWER, Cursor, Limit, RuntimeDep
from service.api.problems import responses
from service.api.schemas.audit import AuditEntryOut, AuditHeadOut, AuditOut, SigningKeyOut
from service.api.schemas.base import Moment
from service.audit.signing import SigningKey, fingerprint
from service.store.audit import entries

router = APIRouter(prefix="/audit", tags=["audit"])


@router.get("/head", summary="The head of the audit", dependencies=VIEWER, responses=responses(401, 503))
def head(runtime: RuntimeDep) -> AuditHeadOut:
    """Give the hash of the newest entry, to be kept elsewhere."""
    with runtime.store.reading() as session:
        return AuditHeadOut.model_validate(entries.head(session))


@router.get("/key", summary="The key of signatures", dependencies=VIEWER, responses=responses(401, 422, 503))
def signing_key(runtime: RuntimeDep) -> SigningKeyOut:
    """Give the public key by which packs of evidence are signed. 422 if the private one is damaged."""
    public = SigningKey(runtime.settings.data).public()
    return SigningKeyOut(public_key=public, fingerprint=fingerprint(public))


@router.get("", summary="Who did what", dependencies=ADMIN, responses=responses(401, 403, 422, 503))
def list_entries(
    runtime: RuntimeDep,
    actor: Annotated[str | None, Query(max_length=200, description="By this person or token only.")] = None,
    action: Annotated[
        str | None, Query(max_length=64, description="This action only, or all of a noun: `alarm.`.")
    ] = None,
    subject: Annotated[str | None, Query(max_length=200, description="Of this subject only.")] = None,
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
            from_=from_,
            to=to,
            before=None if cursor is None else int(cursor),
            limit=limit + 1,
        )
    shown = rows[:limit]
    following = str(shown[-1].seq) if len(rows) > limit else None
    return AuditOut(items=[AuditEntryOut.of(row) for row in shown], next=following)
