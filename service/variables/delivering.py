"""Settings of outputs."""

from __future__ import annotations

from pydantic import Field
from pydantic_settings import BaseSettings


class DeliveringVariables(BaseSettings):
    """BARWATCH_OUTPUT_… but for the networks, which stand with the cameras'."""

    output_behind_s: float = Field(
        default=60, gt=0, description="How long an output may be behind before it is an alarm, in seconds."
    )
