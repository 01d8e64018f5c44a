"""Classification of uploaded pictures: the same path as a camera's passages, without the camera."""

from __future__ import annotations

import time
from functools import partial
from typing import Annotated

from fastapi import APIRouter, File, Query, UploadFile

from service.api.deps import MULTIPART, VIEWER, LiftIdPath, RuntimeDep
from service.api.problems import responses
from service.api.schemas.lifts import ClassifyOut
from service.api.threads import heavy
from service.api.uploads import decode_upload, read_upload
from service.decoding.processes import several
from service.inference.why import png_of
from service.store import lifts
from service.usecases.classification import classify_pictures

router = APIRouter(prefix="/lifts/{lift_id}", tags=["lifts"])


@router.post(
    "/classify",
    summary="Is the bar open or closed?",
    dependencies=[*VIEWER, *MULTIPART],
    responses=responses(400, 401, 404, 409, 413, 415, 422, 503),
)
@heavy
def classify(
    lift_id: LiftIdPath,
    runtime: RuntimeDep,
    image: Annotated[
        list[UploadFile],
        File(min_length=1, max_length=12, description="One to twelve pictures of one passage, JPEG or PNG."),
    ],
    registered: Annotated[
        bool,
        Query(
            description="true: 200x200 canonical pictures. false: whole camera frames, which are "
            "registered here; one is taken as the passage's middle, two as its begin and end, three as "
            "its begin, middle and end, more as evenly spaced in the way travelled."
        ),
    ] = True,
    why: Annotated[bool, Query(description="Show for each picture where the network saw the bar.")] = False,
) -> ClassifyOut:
    """Judge one passage by one to twelve pictures of it, in order of time; four and more show it move.

    A picture that shows nothing (dark, no contrast …) or cannot be registered is not judged; if none is left
    the verdict is `unknown` with the reason. 409: the lift has no masks yet, or, for camera frames, no track.
    """
    began = time.perf_counter()
    limit = runtime.settings.max_upload_mb
    with runtime.store.reading() as session:
        lifts.get(session, lift_id)  # before a picture for nobody is decoded
    decodings = [
        partial(decode_upload, read_upload(file, f"image {number}", limit), f"image {number}")
        for number, file in enumerate(image, 1)
    ]
    pictures = runtime.decoding.do(partial(several, decodings))
    judgement, drawn = classify_pictures(
        runtime,
        lift_id,
        pictures,
        registered=registered,
        timeout_s=runtime.settings.engine_timeout_s,
        why=why,
    )
    elapsed_ms = (time.perf_counter() - began) * 1000
    return ClassifyOut.of(lift_id, judgement, elapsed_ms, [png_of(one) for one in drawn] if why else None)
