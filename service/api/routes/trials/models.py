"""The models that can be tried."""

from __future__ import annotations

from fastapi import APIRouter

from service.api.deps import VIEWER, RuntimeDep
from service.api.problems import responses
from service.api.schemas.trials.candidates import ModelOut, ModelsOut
from service.trials.whole import Trials
from service.variables.promoted import promoted_name

router = APIRouter(prefix="/models", tags=["candidates"])


@router.get("", summary="Models that can be tried", dependencies=VIEWER, responses=responses(401, 403, 503))
def list_models(runtime: RuntimeDep) -> ModelsOut:
    """Give the artefacts in `models` of the data folder, each checked, and the one that judges."""
    found = runtime.parts.of(Trials).shelf.listing()
    return ModelsOut(
        items=[ModelOut.model_validate(one) for one in found],
        judging=runtime.engine.manifest.identity,
        promoted=promoted_name(runtime.settings.data),
    )
