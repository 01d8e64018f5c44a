"""Proposed masks, as JSON: lines to edit (docs/mask-proposals.md), and the pictures that they make."""

from __future__ import annotations

import base64

import cv2
from pydantic import BaseModel, Field

from lifts.drawing.lines import Drawing
from service.api.schemas.base import Body
from service.usecases.setup.drawing import MaskSearch, MaskSource, ProposedMasks, SearchState


class MaskSearchIn(Body):
    """What masks are to be proposed from."""

    source: MaskSource = Field(
        default="carriers",
        description="The carriers that were picked; or the lift's active masks, of an earlier track.",
    )


class DrawnOut(Drawing):
    """A mask as lines, and as a picture."""

    png: str = Field(description="Base64 of the PNG of 200x200 that the lines make.")

    @classmethod
    def of(cls, drawing: Drawing) -> DrawnOut:
        """Draw it."""
        png = cv2.imencode(".png", drawing.raster())[1].tobytes()
        return cls(lines=drawing.lines, png=base64.b64encode(png).decode("ascii"))


class MasksOut(BaseModel):
    """A search for masks, and the newest that was found."""

    state: SearchState
    progress: float = Field(ge=0, le=1)
    problem: str | None = Field(
        description="Why it failed: worker_down, pictures_gone, no_masks, not_registered, no_proposal."
    )
    source: MaskSource
    open: DrawnOut | None = Field(description="null: nothing was found yet.")
    close: DrawnOut | None
    reasons: list[str] = Field(
        description="Why to doubt them, the gravest first: no_open_bar, no_closed_bar, alike, swapped, "
        "picks_contradict, doubtful."
    )
    open_carriers: list[int] = Field(description="The carriers that look open by them.")
    closed_carriers: list[int]
    outdated: bool = Field(description="Something else is picked now.")

    @classmethod
    def of(cls, search: MaskSearch | None, found: ProposedMasks | None, picks: dict[int, str]) -> MasksOut:
        """Put together what the API shows; one of the first two is there."""
        source = found.source if search is None and found is not None else "carriers"
        return cls(
            state=SearchState.READY if search is None else search.state,
            progress=1.0 if search is None or search.state is SearchState.READY else search.share,
            problem=(search.problem or None) if search is not None else None,
            source=source if search is None else search.source,
            open=None if found is None else DrawnOut.of(found.open),
            close=None if found is None else DrawnOut.of(found.close),
            reasons=[] if found is None else list(found.reasons),
            open_carriers=[] if found is None else list(found.open_carriers),
            closed_carriers=[] if found is None else list(found.closed_carriers),
            outdated=found is not None and found.source == "carriers" and found.picks != picks,
        )
