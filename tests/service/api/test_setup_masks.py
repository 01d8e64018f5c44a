"""Masks are proposed from picked carriers by the API, found again, and enrolled as they are."""

import base64
import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

import cv2
import numpy as np
import pytest

from lifts.masks import overlap
from service.domain.people import Role
from service.setup.jobs.state import SetupJob
from service.store import passages
from service.usecases.setup.drawing import MaskSearches, ProposedMasks, SearchState
from tests.service.api.conftest import House
from tests.service.api.test_setup import ask, await_end
from tests.service.kept_pictures import keep
from tests.service.usecases.setup import processes
from tests.tools.tiny_model import CLOSE_Y, OPEN_Y, draw_mask, draw_picture, png


@pytest.fixture
def ready(make_house: Callable[..., House], monkeypatch: pytest.MonkeyPatch) -> House:
    """A lift with six carriers cut out, the odd ones open."""
    house = make_house(allow_file_cameras=True)
    monkeypatch.setattr(house.runtime.setup.board, "_main", processes.finding)
    assert ask(house, "POST", "", json={"url": "/tmp/a.mp4"}).status_code == 202
    assert await_end(house)["state"] == "ready"
    return house


def pick(house: House, **states: str) -> None:
    for number, state in states.items():
        path = f"/carriers/{number.lstrip('n')}/pick"
        assert ask(house, "PUT", path, json={"state": state}).status_code == 200


def await_masks(house: House) -> dict[str, Any]:
    end_s = time.monotonic() + 60.0
    while time.monotonic() < end_s:
        found: dict[str, Any] = ask(house, "GET", "/masks", Role.VIEWER).json()
        if found["state"] != "running":
            return found
        time.sleep(0.02)
    raise AssertionError(found)


def drawn(found: dict[str, Any], which: str) -> Any:
    data = base64.b64decode(found[which]["png"])
    return cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_GRAYSCALE)


def test_carriers_are_grouped_by_likeness(ready: House) -> None:
    """Two groups; a group's state is that of its picked carriers, and none where they differ."""
    groups = ask(ready, "GET", "/carriers").json()["groups"]
    assert [one["carriers"] for one in groups] == [[1, 3, 5], [2, 4, 6]]
    pick(ready, n1="open", n2="open", n4="closed")
    states = [one["state"] for one in ask(ready, "GET", "/carriers").json()["groups"]]
    assert states == ["open", None]


def test_both_masks_are_proposed_and_enrolled(ready: House) -> None:
    """From one pick of either; what was found is there for whoever asks; enrolling takes it as it is."""
    assert ask(ready, "GET", "/masks").json()["code"] == "no_masks_proposed"
    pick(ready, n1="open")
    refused = ask(ready, "POST", "/masks", json={}).json()
    assert (refused["code"], refused["parameters"]) == ("picks_missing", {"open": 1, "closed": 0})
    pick(ready, n2="closed")
    assert ask(ready, "POST", "/masks", json={}).status_code == 202
    found = await_masks(ready)
    assert (found["state"], found["source"], found["outdated"]) == ("ready", "carriers", False)
    assert (found["open_carriers"], found["closed_carriers"]) == ([1, 3, 5], [2, 4, 6])
    for which, y_px in (("open", OPEN_Y), ("close", CLOSE_Y)):
        assert overlap(draw_mask(y_px), drawn(found, which), tolerance_px=12) > 0.9
        assert found[which]["lines"][0]["width"] >= 1
    files = {name: (f"{name}.png", base64.b64decode(found[name]["png"])) for name in ("open", "close")}
    assert ready.call("POST", "/lifts/my-lift/masks", Role.OPERATOR, files=files).status_code == 201
    pick(ready, n4="closed")
    assert ask(ready, "GET", "/masks").json()["outdated"] is True
    ready.runtime.setup.searches.forget("my-lift")  # as after a restart
    assert ask(ready, "GET", "/masks").json()["open"] == found["open"]


@pytest.mark.thorough
def test_what_was_searched_for_before_the_carriers_were_cut_out_anew_is_gone(ready: House) -> None:
    """By a corrected track: an earlier search is not called ready, with nothing in it."""
    pick(ready, n1="open", n2="closed")
    assert ask(ready, "POST", "/masks", json={}).status_code == 202
    assert await_masks(ready)["state"] == "ready"
    assert ask(ready, "PUT", "/track", json={"begin": {"x": 140, "y": 92}}).status_code == 202
    assert await_end(ready)["state"] == "ready"
    assert ask(ready, "GET", "/masks").json()["code"] == "no_masks_proposed"


@pytest.mark.thorough
def test_swapped_picks_are_told_before_anything_is_enrolled(ready: House) -> None:
    """What was picked as open hangs below: the gravest reason says so."""
    pick(ready, n1="closed", n2="open")
    ask(ready, "POST", "/masks", json={})
    assert "swapped" in await_masks(ready)["reasons"]


def test_a_search_that_fails_says_why(ready: House) -> None:
    """An embedder that is down, and nothing to carry over, are codes."""
    pick(ready, n1="open", n2="closed")
    ready.engine.down = True
    ask(ready, "POST", "/masks", json={})
    assert await_masks(ready)["problem"] == "worker_down"
    ready.engine.down = False
    ask(ready, "POST", "/masks", json={"source": "former_masks"})
    assert await_masks(ready)["problem"] == "no_masks"


def test_masks_of_before_the_camera_was_moved_are_carried_over(ready: House) -> None:
    """From the pictures that they judged to the carriers of now; without any, it is said."""
    assert ready.enrol("my-lift").status_code == 201
    ask(ready, "POST", "/masks", json={"source": "former_masks"})
    assert await_masks(ready)["problem"] == "pictures_gone"
    files = {
        f"reference_{name}": (f"{name}.png", png(draw_picture(y_px, seed=10 * seed + 5)))
        for name, y_px, seed in (("open", OPEN_Y, 1), ("close", CLOSE_Y, 2))
    }
    assert ready.enrol("my-lift", files=files).status_code == 201
    ask(ready, "POST", "/masks", json={"source": "former_masks"})
    found = await_masks(ready)
    assert (found["state"], found["source"]) == ("ready", "former_masks"), found
    assert overlap(draw_mask(OPEN_Y), drawn(found, "open"), tolerance_px=12) > 0.8


def test_nothing_is_ready_before_it_is_there(ready: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """A search that ends while it is asked about: what it found is in the answer, or it is still running."""
    looked = MaskSearches.found

    def slowly(self: MaskSearches, job: SetupJob) -> ProposedMasks | None:
        found = looked(self, job)
        while self._known[job.lift_id].state is SearchState.RUNNING:
            time.sleep(0.01)
        return found

    monkeypatch.setattr(MaskSearches, "found", slowly)
    pick(ready, n1="open", n2="closed")
    asked = [ask(ready, "POST", "/masks", json={"source": "carriers"}).json()]
    asked.append(ask(ready, "GET", "/masks").json())
    assert [one["state"] == "ready" for one in asked] == [one["open"] is not None for one in asked]
    assert asked[1]["state"] == "ready"


def test_masks_are_carried_over_from_the_track_they_were_drawn_for(ready: House) -> None:
    """Carriers that they judged on the new track already, where they do not lie on the bars, say nothing."""
    down = 24
    camera = {"url": "rtsp://10.0.0.12/live", "width": 640, "height": 360}
    xs = {"begin": 90, "middle": 190, "end": 290}
    track = {place: {"x": x, "y": 90, "scale": 0.5} for place, x in xs.items()}
    lift = {"name": "My lift", "camera": camera, "track": track}
    assert ready.call("PUT", "/lifts/my-lift", json=lift).is_success
    files = {
        name: (f"{name}.png", png(draw_mask(y_px + down)))
        for name, y_px in (("open", OPEN_Y), ("close", CLOSE_Y))
    }
    enrolled = ready.enrol("my-lift", files=files).json()

    def passes(number: int, moved: int) -> None:
        shown = ready.add_passage(f"t-{number}")
        y_px = (OPEN_Y, CLOSE_Y)[number % 2]
        picture = np.roll(draw_picture(y_px, seed=number), moved, 0)
        names = keep(ready.runtime.pictures, shown.seen_at, [picture] * 3, f"m-{number}")
        judgement = replace(shown.judgement, mask_version=enrolled["version"])
        pictures = tuple(replace(one, file=file) for one, file in zip(shown.pictures, names, strict=True))
        record = replace(shown, id=f"m-{number}", lift_id="my-lift", judgement=judgement, pictures=pictures)
        ready.store.write(partial(passages.add, record=record)).result()

    for number in range(4):
        passes(number, down)
    assert ask(ready, "POST", "/watch").status_code == 200
    for number in range(4, 10):
        passes(number, 0)
    ask(ready, "POST", "/masks", json={"source": "former_masks"})
    found = await_masks(ready)
    assert found["state"] == "ready", found
    assert overlap(draw_mask(OPEN_Y), drawn(found, "open"), tolerance_px=8) > 0.8
    assert overlap(draw_mask(CLOSE_Y), drawn(found, "close"), tolerance_px=8) > 0.8


def test_a_picture_becomes_lines(ready: House) -> None:
    """An imported PNG is edited like a proposal; what is none is refused."""
    files = {"picture": ("m.png", png(draw_mask(OPEN_Y)))}
    found = ask(ready, "POST", "/drawings", files=files)
    assert found.status_code == 200, found.text
    (line,) = found.json()["lines"]
    assert line["points"][0][1] == pytest.approx(OPEN_Y, abs=1.5)
    assert ask(ready, "POST", "/drawings", files={"picture": ("m.png", b"none")}).status_code == 422
