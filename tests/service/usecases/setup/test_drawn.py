"""What a person has drawn so far, kept with the set-up."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import pytest

from lifts.drawing.lines import Drawing, Polyline
from service.domain.errors import ChangedElsewhereError
from service.setup.jobs.state import SetupJob, SetupRequest
from service.usecases.setup.drawn import find_drawn, keep_drawn
from service.usecases.setup.kept import KeptSetups
from tests.service.store.empty import open_empty


def test_two_browsers_that_draw_at_once_take_nothing_from_each_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither fails; what one of them drew is kept, whole."""
    store = open_empty(tmp_path)
    kept = KeptSetups(tmp_path, store)
    request = SetupRequest(url="rtsp://127.0.0.1/", name="A")
    job = SetupJob(lift_id="a", job_id="1", request=request, started_by="me", started_at=datetime.now(UTC))
    monkeypatch.setattr(kept, "get", lambda _: job)
    drawings = [Drawing(lines=(Polyline(points=((float(k), 1.0),) * 300, width=5),)) for k in range(8)]
    with ThreadPoolExecutor(8) as pool:
        for done in [pool.submit(keep_drawn, kept, "a", one, one) for one in drawings * 10]:
            assert done.result().open in drawings
    found = find_drawn(kept, "a")
    assert found.open == found.close
    seen = found.tag
    with ThreadPoolExecutor(8) as pool:
        save = partial(keep_drawn, kept, "a", instead_of=seen)
        saving = [pool.submit(save, one, one) for one in drawings if one != found.open]
        errors = [one.exception() for one in saving]
    assert errors.count(None) == 1  # of all that drew on what was there, the first
    assert all(isinstance(one, ChangedElsewhereError) for one in errors if one is not None)
    store.close()
