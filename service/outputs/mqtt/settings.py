"""What an MQTT output is set up with."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from pydantic import Field, StringConstraints

from service.outputs.base.output import WordedSettings

Topic = Annotated[str, StringConstraints(pattern=r"^[^\s+#/$][^\s+#]{0,98}[^\s+#/]$|^[^\s+#/$]$")]
"""Without wildcards, and without a slash at either end."""


class MqttSettings(WordedSettings):
    """host, port: of the broker. tls: whether it is spoken to encrypted; certificate_authority: the only one
    that is trusted, as PEM; null: the machine's. user: null: none. topic: what every topic begins with.
    discovery: what Home Assistant's discovery topics begin with; null: nothing is announced.
    """

    host: str = Field(min_length=1, max_length=255, pattern=r"^[^\s/@]+$")
    port: int = Field(default=1883, ge=1, le=65535)
    tls: bool = False
    certificate_authority: str | None = Field(default=None, max_length=100_000)
    user: str | None = Field(default=None, min_length=1, max_length=200)
    topic: Topic = "barwatch"
    discovery: Topic | None = "homeassistant"

    def dialled(self) -> Sequence[str]:
        """Return the broker's host."""
        return (self.host,)
