"""Settings of the daily self-test."""

from __future__ import annotations

from datetime import time

from pydantic import Field
from pydantic_settings import BaseSettings


class SelfTestVariables(BaseSettings):
    """BARWATCH_SELF_TEST_…"""

    self_test_at: str = Field(
        default="08:00",
        pattern=r"^((?:[01]\d|2[0-3]):[0-5]\d|off)$",
        description="When each lift is tested daily, in this machine's zone, by daylight; off: never.",
    )

    def self_test_time(self) -> time | None:
        """Return the time of day; None: never."""
        return None if self.self_test_at == "off" else time.fromisoformat(self.self_test_at)
