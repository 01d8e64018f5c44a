"""Settings of where pictures and clips lie, if not in the data folder alone."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings

from lifts.text import read_text
from service.domain.errors import ConfigurationError
from service.store.evidence.remote import EvidenceAddress


class EvidenceVariables(BaseSettings):
    """BARWATCH_EVIDENCE_…"""

    evidence_url: str | None = Field(
        default=None,
        description="A store of pictures and clips that services share, file:///FOLDER or "
        "s3://BUCKET/PREFIX; the data folder alone if unset.",
    )
    evidence_endpoint: str | None = Field(
        default=None, description="The address of what speaks S3, http(s)://HOST:PORT; Amazon's if unset."
    )
    evidence_access_key: str | None = Field(
        default=None, description="Who asks for it there; unset: what the machine itself knows."
    )
    evidence_secret_key: SecretStr | None = Field(default=None, description="The secret that goes with it.")
    evidence_secret_key_file: Path | None = Field(default=None, description="A file that holds it.")
    evidence_spool_gb: float = Field(
        default=2,
        gt=0,
        description="How much may wait in the data folder while the shared store takes nothing, GB; then no "
        "more pictures and clips are kept.",
    )

    def evidence_address(self) -> EvidenceAddress | None:
        """Return where the shared store is; None: nowhere. Raises ConfigurationError: no secret's file."""
        if self.evidence_url is None:
            return None
        secret, file = self.evidence_secret_key, self.evidence_secret_key_file
        if file is not None:
            try:
                secret = SecretStr(read_text(file).strip())
            except (OSError, ValueError) as error:
                source = f"BARWATCH_EVIDENCE_SECRET_KEY_FILE ({file})"
                raise ConfigurationError(f"{source}: cannot be read: {error}") from error
        return EvidenceAddress(self.evidence_url, self.evidence_endpoint, self.evidence_access_key, secret)
