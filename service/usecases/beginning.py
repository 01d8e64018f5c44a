"""What the audit says of a start: the software, the model and the settings that decide from now on."""

from __future__ import annotations

import hashlib
import json
from importlib.metadata import version
from typing import Any

import structlog
from sqlalchemy.orm import Session

from service.audit.signing import SigningKey
from service.domain.errors import ConfigurationError, StoreError
from service.domain.people import SYSTEM
from service.inference.protocol import Engine
from service.settings import Settings
from service.store.audit.entries import record
from service.store.database import Store

log = structlog.get_logger(__name__)

_SECRET = {"admin_token", "secret_key", "openid_client_secret"}


def versions_of(engine: Engine, settings: Settings) -> dict[str, Any]:
    """Return what decides beside the lift's own: software, model, digests of manifest and settings."""
    manifest = engine.manifest
    return {
        "barwatch": version("barwatch"),
        "model": manifest.identity,
        "model_sha256": manifest.sha256,
        "file_digest": manifest.file_digest,
        "settings_sha256": hashlib.sha256(settings.model_dump_json(exclude=_SECRET).encode()).hexdigest(),
    }


def _public_key(settings: Settings) -> str:
    """Return the key by which what leaves the installation is known, made at the first start."""
    try:
        public = SigningKey(settings.data).public()
    except ConfigurationError as error:
        log.error("nothing can be signed", reason=str(error))
        return ""
    log.info("the public key of this installation's signatures: keep it elsewhere", key=public)
    return public


def note_start(store: Store, engine: Engine, settings: Settings) -> None:
    """Record that the service starts, and with what; secrets are left out.

    A database that takes no write keeps nobody from watching.
    """
    plain = json.loads(settings.model_dump_json(exclude=_SECRET))
    versions = versions_of(engine, settings)

    key = _public_key(settings)

    def note(session: Session) -> None:
        record(
            session,
            "service.start",
            versions["model"],
            by=SYSTEM,
            settings=plain,
            signing_key=key,
            **versions,
        )

    try:
        store.write(note).result()
    except StoreError as error:
        log.warning("the start is not in the audit", reason=str(error))
