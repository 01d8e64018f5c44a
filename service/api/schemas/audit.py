"""The audit as JSON."""

from __future__ import annotations

import json
from typing import Any

from pydantic import BaseModel, Field

from service.api.schemas.base import Shape
from service.store.tables import AuditRow


class AuditHeadOut(Shape):
    """The newest entry of the audit's chain: keep it elsewhere, and `barwatch verify --head` checks it."""

    seq: int = Field(description="Its number; 0 while there is none.")
    hash: str = Field(description="64 hexadecimal digits.")


class AuditChainOut(Shape):
    """Whether the audit's newest entries follow from each other; `barwatch verify` checks all of them."""

    seq: int = Field(description="The newest entry's number; 0 while there is none.")
    hash: str = Field(description="Its hash.")
    checked: int = Field(description="How many of the newest were followed.")
    ok: bool
    broken: int | None = Field(description="The first of them that does not follow from the one before.")


class SigningKeyOut(BaseModel):
    """The key of the installation's signatures: keep it elsewhere, for `barwatch verify PACK --key`."""

    public_key: str = Field(description="Ed25519, 32 bytes in base64.")
    fingerprint: str = Field(description="What people compare: 32 hexadecimal digits of its SHA-256.")


class AuditEntryOut(BaseModel):
    """Who did what, when and from where."""

    seq: int
    at: str = Field(description="UTC, after ISO 8601.")
    actor: str
    role: str = Field(description="Empty where nobody was recognised.")
    identity: str = Field(description="The id of the token or session.")
    address: str
    request_id: str
    action: str = Field(examples=["alarm.acknowledge"])
    subject: str
    details: dict[str, Any]
    hash: str

    @classmethod
    def of(cls, row: AuditRow) -> AuditEntryOut:
        """Take what the API shows."""
        names = cls.model_fields.keys() - {"details"}
        try:
            details = json.loads(row.details)
        except ValueError:  # damaged, which `barwatch verify` says
            details = {}
        return cls(details=details, **{name: getattr(row, name) for name in names})


class AuditOut(BaseModel):
    """A page of the audit, newest first; `next` is the `cursor` of the following page, or null."""

    items: list[AuditEntryOut]
    next: str | None


class DeletedOut(BaseModel):
    """What was deleted."""

    passages: int = Field(description="Passages that had pictures or maps.")
    files: int
