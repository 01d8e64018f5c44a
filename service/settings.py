"""The service's settings: read from the environment (BARWATCH_…) when asked for, never at import."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import Literal, Self

from pydantic import Field, SecretStr, ValidationError, model_validator
from pydantic_settings import SettingsConfigDict

from lifts.schema import Privacy
from lifts.text import read_text
from service.domain.errors import ConfigurationError
from service.domain.evidence.clip import ClipRules
from service.passages.options import PICTURES
from service.variables.alarms import AlarmVariables
from service.variables.beyond.cluster import ClusterVariables
from service.variables.clips import ClipVariables
from service.variables.delivering import DeliveringVariables
from service.variables.keeping import KeepingVariables
from service.variables.language import LanguageVariables
from service.variables.networks import NetworkVariables
from service.variables.openid import OpenIdVariables
from service.variables.promoted import promoted_manifest
from service.variables.reports import ReportVariables
from service.variables.reviewing import ReviewVariables
from service.variables.selftest import SelfTestVariables


class Settings(
    AlarmVariables,
    NetworkVariables,
    OpenIdVariables,
    KeepingVariables,
    DeliveringVariables,
    SelfTestVariables,
    ClipVariables,
    ReviewVariables,
    ReportVariables,
    LanguageVariables,
    ClusterVariables,
):
    """Everything that can be set; each field is read from BARWATCH_ and its name in capitals.

    Raises:
        ValidationError: a value is not what the field expects; `load_settings` translates it.
    """

    model_config = SettingsConfigDict(
        env_prefix="BARWATCH_", env_ignore_empty=True, frozen=True, extra="ignore"
    )

    model: Path | None = Field(
        default=None, description="The model's manifest (.json) or file (.ts); the released one if unset."
    )
    model_public_key: str | None = Field(
        default=None,
        description="Ed25519 key (PEM, or the line within) that must have signed the model; unset: none.",
    )
    model_public_key_file: Path | None = Field(default=None, description="A file that holds it.")
    engine: Literal["local", "ray"] = Field(
        default="local", description="What runs the embedder: this machine, or a cluster with it in reserve."
    )
    device: str = Field(default="auto", description="auto, cpu or cuda.")
    precision: Literal["auto", "float32"] = Field(
        default="auto",
        description="auto: reduced where the device is faster with it and the model's answers still hold.",
    )

    hwaccel: Literal["auto", "none", "vaapi", "cuda"] = Field(
        default="auto", description="What decodes cameras; auto: the first device found, else the processor."
    )

    pictures: int = Field(
        default=PICTURES, ge=3, le=32, description="Pictures of a passage that are judged, at most."
    )

    admin_token: SecretStr | None = Field(default=None, description="The first admin token.")
    admin_token_file: Path | None = Field(default=None, description="A file that holds it.")
    secret_key: SecretStr | None = Field(
        default=None, description="What encrypts cameras' passwords; a file in the data folder if unset."
    )
    secret_key_file: Path | None = Field(default=None, description="A file that holds it.")
    session_hours: float = Field(
        default=24 * 30, gt=0, description="How long a console sign-in lasts, whatever happens."
    )
    session_idle_hours: float = Field(
        default=12, gt=0, description="How long it lasts unused; an open page follows the alarms: it is used."
    )
    proof_minutes: float = Field(
        default=15, gt=0, description="For how long dangerous actions do not ask again who somebody is."
    )

    allow_file_cameras: bool = Field(
        default=False, description="Whether a camera's URL may be a file of this machine."
    )
    max_upload_mb: float = Field(default=12, gt=0, le=256, description="Largest picture in an upload, MB.")
    engine_timeout_s: float = Field(
        default=10, gt=0, description="How long a request waits for the embedder."
    )

    watchdog_s: float = Field(
        default=30,
        ge=0,
        description="The process ends, to be restarted, if one of its parts hangs for this long; 0: never.",
    )

    privacy: Privacy = Field(
        default="blur",
        description="blur: stored pictures are coarse apart from the bar, so that nobody is recognised; a "
        "lift's own `privacy` goes before it.",
    )
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    log_json: bool | None = Field(
        default=None, description="JSON log lines; if unset, only when stderr is no terminal."
    )

    @model_validator(mode="after")
    def _one_of_each(self) -> Self:
        secrets = (
            "admin_token",
            "secret_key",
            "model_public_key",
            "openid_client_secret",
            "database_url",
            "evidence_secret_key",
        )
        for name in secrets:
            if getattr(self, name) is not None and getattr(self, f"{name}_file") is not None:
                variable = f"BARWATCH_{name.upper()}"
                raise ValueError(f"set {variable} or {variable}_FILE, not both")
        return self

    def first_admin_token(self) -> str | None:
        """Return the admin token that the environment or its file gives, or None.

        Raises:
            ConfigurationError: the file cannot be read, or the token is too short to be a secret.
        """
        if self.admin_token is not None:
            token, source = self.admin_token.get_secret_value(), "BARWATCH_ADMIN_TOKEN"
        elif self.admin_token_file is not None:
            source = f"BARWATCH_ADMIN_TOKEN_FILE ({self.admin_token_file})"
            token = _text_of(self.admin_token_file, source)
        else:
            return None
        token = token.strip()
        if not token or not token.isascii() or not token.isprintable() or " " in token:
            raise ConfigurationError(f"{source}: expected one line of printable ASCII without spaces")
        return token

    def database_address(self) -> str | None:
        """Return the URL of the PostgreSQL database; None: a file of SQLite. Raises ConfigurationError."""
        if self.database_url is not None:
            return self.database_url.get_secret_value().strip()
        if self.database_url_file is None:
            return None
        source = f"BARWATCH_DATABASE_URL_FILE ({self.database_url_file})"
        return _text_of(self.database_url_file, source).strip()

    def session_limits_s(self) -> tuple[float, float, float]:
        """Return for how long a sign-in lasts, lasts unused, and need not be proven, in seconds."""
        return self.session_hours * 3600, self.session_idle_hours * 3600, self.proof_minutes * 60

    def rules_of_clips(self, privacy: str | None = None) -> ClipRules:
        """Return whether clips are made and how long they stay; privacy: of a lift that says it itself."""
        hides = (privacy or self.privacy) == "blur"
        return self.clip_rules(hides=hides, alarm_days=self.retention_alarm_days)

    def secret_keys(self) -> tuple[str | None, Path | None]:
        """Return the key that encrypts cameras' passwords, and the file that holds it, as far as given."""
        key = self.secret_key
        return None if key is None else key.get_secret_value(), self.secret_key_file

    def model_key(self) -> str | None:
        """Return the key that must have signed the model, or None; raises ConfigurationError: no file."""
        if self.model_public_key_file is None:
            return self.model_public_key
        source = f"BARWATCH_MODEL_PUBLIC_KEY_FILE ({self.model_public_key_file})"
        return _text_of(self.model_public_key_file, source)

    def manifest_path(self) -> Path:
        """Return the manifest of the model to serve: the one named, promoted, or released.

        Raises:
            ConfigurationError: there is none, or the one that was promoted is gone.
        """
        if self.model is not None:
            return self.model.with_suffix(".json") if self.model.suffix == ".ts" else self.model
        return promoted_manifest(self.data) or self.shipped_path()

    def shipped_path(self) -> Path:
        """Return the manifest of the released model; raises ConfigurationError: none is installed."""
        # The package is found, not imported: the service reads ml's exported artefact and none of its code.
        spec = importlib.util.find_spec("ml")
        for place in (spec.submodule_search_locations or ()) if spec is not None else ():
            return Path(place) / "released" / "barwatch.json"
        raise ConfigurationError("no model: name one with --model or BARWATCH_MODEL")


def load_settings(**overrides: object) -> Settings:
    """Return the settings of the environment, with `overrides` (None means: not given) on top.

    Raises:
        ConfigurationError: the message names the setting and the value.
    """
    given = {name: value for name, value in overrides.items() if value is not None}
    try:
        return Settings(**given)  # type: ignore[arg-type]
    except ValidationError as error:
        problem = error.errors()[0]
        name = ".".join(str(part) for part in problem["loc"])
        if not name:
            raise ConfigurationError(problem["msg"].removeprefix("Value error, ")) from None
        shown = "" if any(word in name for word in ("token", "secret", "url")) else f" = {problem['input']!r}"
        raise ConfigurationError(f"BARWATCH_{name.upper()}{shown}: {problem['msg']}") from None


def _text_of(path: Path, source: str) -> str:
    try:
        return read_text(path)
    except (OSError, ValueError) as error:
        raise ConfigurationError(f"{source}: cannot be read: {error}") from error
