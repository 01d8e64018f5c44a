"""Masks that a person draws, as JSON: lines (docs/mask-proposals.md)."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict

from lifts.drawing.lines import Drawing
from service.api.schemas.base import Body


class DrawnMasksIn(Body):
    """Both masks as lines."""

    model_config = ConfigDict(extra="forbid")

    open: Drawing
    close: Drawing


class DrawnMasksOut(BaseModel):
    """Both masks as lines."""

    open: Drawing
    close: Drawing
