"""The service's settings: read from the environment (BARWATCH_…) when asked for, never at import."""

from __future__ import annotations

import importlib.util
import re
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from lifts.text import read_text
from service.capture.hosts import is_cameras_network
from service.domain.camera import CameraNetworks
from service.domain.errors import ConfigurationError
from service.passages.options import PICTURES
from service.store.upkeep.classes import Retention
from service.store.upkeep.plan import BackupPlan, PictureChoice

Network = IPv4Network | IPv6Network


class Settings(BaseSettings):
    """Everything that can be set; each field is read from BARWATCH_ and its name in capitals.

    Raises:
        ValidationError: a value is not what the field expects; `load_settings` translates it.
    """

    model_config = SettingsConfigDict(
        env_prefix="BARWATCH_", env_ignore_empty=True, frozen=True, extra="ignore"
    )

    host: str = Field(default="127.0.0.1", description="Address to listen on; 0.0.0.0 for all.")
    port: int = Field(default=8000, ge=0, le=65535, description="Port to listen on; 0 picks a free one.")
    data: Path = Field(default=Path("data"), description="Folder of the database and the pictures.")
    model: Path | None = Field(
        default=None, description="The model's manifest (.json) or file (.ts); the released one if unset."
    )
    model_public_key: str | None = Field(
        default=None,
        description="Ed25519 key (PEM, or the line within) that must have signed the model; unset: none.",
    )
    model_public_key_file: Path | None = Field(default=None, description="A file that holds it.")
    engine: Literal["local", "ray"] = Field(default="local", description="What runs the embedder.")
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

    openid_issuer: str | None = Field(
        default=None,
        pattern=r"^(https://|http://(127\.0\.0\.1|localhost)[:/])[^\s@]*$",
        description="The OpenID provider whose people may sign in, e.g. https://login.example/realms/hut.",
    )
    openid_name: str = Field(default="OpenID", description="What the button for it says.")
    openid_client_id: str = Field(default="barwatch", description="What the provider calls this service.")
    openid_client_secret: SecretStr | None = Field(default=None, description="What it shows to the provider.")
    openid_client_secret_file: Path | None = Field(default=None, description="A file that holds it.")
    openid_scopes: str = Field(default="openid profile", description="What is asked for.")
    openid_claim: str = Field(default="groups", description="The claim that decides about roles.")
    openid_roles: str = Field(
        default="", description="Roles by its values: lift-ops=operator, quad=operator:demo-quad, boss=admin."
    )

    allow_file_cameras: bool = Field(
        default=False, description="Whether a camera's URL may be a file of this machine."
    )
    camera_networks: Annotated[tuple[Network, ...], NoDecode] = Field(
        default=(),
        description="The networks that cameras are in, e.g. 10.0.7.0/24, 192.168.1.20; nothing else is "
        "dialled. Unset: any but this machine, and this machine too where only it reaches the service.",
    )
    max_upload_mb: float = Field(default=12, gt=0, le=256, description="Largest picture in an upload, MB.")
    engine_timeout_s: float = Field(
        default=10, gt=0, description="How long a request waits for the embedder."
    )

    public_url: str | None = Field(
        default=None,
        pattern=r"^https?://[^\s/@]+$",
        description="Where browsers find the service, e.g. https://barwatch.example; unset: this machine.",
    )
    root_path: str = Field(
        default="",
        description="The path below which a proxy shows the service, e.g. /barwatch; cut off or not.",
    )
    trusted_proxies: Annotated[tuple[Network, ...], NoDecode] = Field(
        default=(),
        description="Networks of the proxies whose X-Forwarded-… and Forwarded are believed, e.g. "
        "127.0.0.1, 172.16.0.0/12; unset: nobody's.",
    )
    watchdog_s: float = Field(
        default=30,
        ge=0,
        description="The process ends, to be restarted, if one of its parts hangs for this long; 0: never.",
    )

    privacy: Literal["blur", "none"] = Field(
        default="blur",
        description="blur: stored pictures are coarse apart from the bar, so that nobody is recognised.",
    )
    retention_days: float = Field(
        default=8, gt=0, description="How long passages without an alarm are kept, with their pictures."
    )
    retention_alarm_days: float = Field(
        default=30, gt=0, description="How long alarms of the bar are kept, with their passages and pictures."
    )
    retention_health_days: float = Field(default=30, gt=0, description="How long other alarms are kept.")
    retention_review_days: float = Field(
        default=365, gt=0, description="How long reviewed passages are kept, without pictures."
    )
    backup_to: Path | None = Field(
        default=None, description="Folder of the backups; in the data folder if unset."
    )
    backup_hour: int = Field(
        default=3, ge=-1, le=23, description="The hour of the daily backup, in this machine's zone; -1: none."
    )
    backup_keep: int = Field(default=7, ge=1, description="How many scheduled backups are kept.")
    backup_pictures: PictureChoice = Field(
        default=PictureChoice.ALARMS, description="Pictures in scheduled backups: all, alarms or none."
    )
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    log_json: bool | None = Field(
        default=None, description="JSON log lines; if unset, only when stderr is no terminal."
    )

    @field_validator("trusted_proxies", mode="before")
    @classmethod
    def _listed(cls, given: object) -> object:
        return [each for each in re.split(r"[\s,]+", given) if each] if isinstance(given, str) else given

    @field_validator("camera_networks", mode="before")
    @classmethod
    def _cameras_networks(cls, given: object) -> object:
        found = []
        for text in re.split(r"[\s,]+", given.strip(" ,")) if isinstance(given, str) else ():
            try:
                found.append(ip_network(text))
            except ValueError:
                raise ValueError(
                    f"{text} is no network: expected such as 10.0.7.0/24, 192.168.1.20"
                ) from None
            if not is_cameras_network(found[-1]):
                raise ValueError(f"no camera has an address in {text}")
        return found or given

    @field_validator("root_path")
    @classmethod
    def _plain_path(cls, path: str) -> str:
        path = path.rstrip("/")
        if path and re.fullmatch(r"(/(?!\.\.?(/|$))[A-Za-z0-9._~-]+)+", path) is None:
            raise ValueError("expected a path such as /barwatch, of letters, digits and . _ ~ -")
        return path

    @model_validator(mode="after")
    def _one_of_each(self) -> Self:
        for name in ("admin_token", "secret_key", "model_public_key"):
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

    def session_limits_s(self) -> tuple[float, float, float]:
        """Return for how long a sign-in lasts, lasts unused, and need not be proven, in seconds."""
        return self.session_hours * 3600, self.session_idle_hours * 3600, self.proof_minutes * 60

    def networks_of_cameras(self) -> CameraNetworks:
        """Return where cameras may be.

        Whoever reaches a service that only its own machine reaches, also reaches all else on that machine.
        Where others do, an address of this machine would lead them to what is meant for it alone.
        """
        own = self.host == "localhost" or self.host.startswith("127.") or self.host == "::1"
        return CameraNetworks(
            self.camera_networks, own and self.public_url is None and not self.trusted_proxies
        )

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

    def backup_folder(self) -> Path:
        """Return where backups are."""
        return self.backup_to or self.data / "backups"

    def backup_plan(self) -> BackupPlan:
        """Return when backups are made."""
        hour = None if self.backup_hour < 0 else self.backup_hour
        return BackupPlan(self.backup_folder(), hour, self.backup_keep, self.backup_pictures)

    def retention(self) -> Retention:
        """Return how long each class of what is stored is kept."""
        return Retention(
            max_age_days=self.retention_days,
            max_alarm_age_days=self.retention_alarm_days,
            max_health_age_days=self.retention_health_days,
            max_review_age_days=self.retention_review_days,
        )

    def manifest_path(self) -> Path:
        """Return the manifest of the model to serve.

        Raises:
            ConfigurationError: none is named and no released one is installed.
        """
        if self.model is not None:
            return self.model.with_suffix(".json") if self.model.suffix == ".ts" else self.model
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
        shown = "" if "token" in name or "secret" in name else f" = {problem['input']!r}"
        raise ConfigurationError(f"BARWATCH_{name.upper()}{shown}: {problem['msg']}") from None


def _text_of(path: Path, source: str) -> str:
    try:
        return read_text(path)
    except (OSError, ValueError) as error:
        raise ConfigurationError(f"{source}: cannot be read: {error}") from error
