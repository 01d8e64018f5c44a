"""Settings of signing in at an OpenID provider."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings


class OpenIdVariables(BaseSettings):
    """BARWATCH_OPENID_…"""

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
