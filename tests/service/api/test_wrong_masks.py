"""Masks that are swapped, another lift's, elsewhere or nothing end in NO-GO, with the shipped network."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache, partial
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from lifts.decision.verdict import ImageJudgement, Judgement, Verdict
from lifts.folder import LiftFolder, read_lift_folder
from lifts.geometry import warp
from service.domain.arrays import Image
from service.inference.inline import InlineEngine
from service.inference.model import EmbeddingModel
from service.settings import Settings
from service.store import passages
from service.store.records import PassageRecord, PictureRecord
from service.usecases.samples import sample_folder, video_of
from tests.service.api.conftest import House
from tests.service.kept_pictures import keep
from tests.tools.tiny_model import png

pytestmark = pytest.mark.thorough

LIFT, OTHER = "demo-double", "demo-quad"
PLACES = ("begin", "middle", "end")
PASSAGES = 20


def folder(lift_id: str) -> Path:
    found = sample_folder(lift_id)
    assert found is not None
    return found


@cache
def sample(lift_id: str) -> LiftFolder:
    return read_lift_folder(folder(lift_id))


@cache
def carriers() -> list[tuple[bool, list[Image]]]:
    """The carriers of the sample's recording: whether each is open, and its three registered pictures."""
    truth = json.loads((folder(LIFT) / "truth.json").read_text(encoding="utf-8"))
    track = sample(LIFT).lift.track
    assert track is not None
    wanted = {
        round(one[f"t_{place}"] * truth["fps"]): (number, place)
        for number, one in enumerate(truth["carriers"])
        for place in PLACES
    }
    found: dict[int, list[Image]] = {}
    capture = cv2.VideoCapture(str(video_of(folder(LIFT))))
    for index in range(max(wanted) + 1):
        if not capture.grab():
            break
        if index in wanted:
            number, place = wanted[index]
            frame = np.asarray(cv2.cvtColor(capture.retrieve()[1], cv2.COLOR_BGR2RGB), np.uint8)
            found.setdefault(number, []).append(warp(frame, getattr(track, place)))
    capture.release()
    states = [one["state"] == "open" for one in truth["carriers"]]
    return [(states[number], pictures) for number, pictures in found.items() if len(pictures) == len(PLACES)]


@pytest.fixture
def house(make_house: Callable[..., House]) -> House:
    """The sample, watched already: its carriers were judged by masks of before, nobody has reviewed any."""
    model = EmbeddingModel.load(Settings().manifest_path(), "cpu", threads=1)
    made = make_house(engine=InlineEngine(model, model.manifest))
    lift = sample(LIFT).lift.model_dump(mode="json", exclude={"camera"})
    assert made.call("PUT", f"/lifts/{LIFT}", json=lift).status_code == 201
    shown = carriers()
    for number in range(PASSAGES):
        is_open, pictures = shown[number % len(shown)]
        seen_at = datetime.now(UTC)
        files = keep(made.runtime.pictures, seen_at, pictures, f"c-{number}")
        verdict = Verdict.OPEN if is_open else Verdict.CLOSED
        image = ImageJudgement(0.1, 0.9, 0.95, verdict)
        judgement = Judgement(
            verdict, 0.99, -0.8 if is_open else 0.8, True, 0.95, (image,) * 3, 900, "before"
        )
        kept = tuple(PictureRecord(file, float(n), 0.9, None, None) for n, file in enumerate(files))
        record = PassageRecord(f"c-{number}", LIFT, number, seen_at, 1.0, 2.0, 3.0, judgement, kept)
        made.store.write(partial(passages.add, record=record)).result()
    return made


def jpeg(image: Image) -> bytes:
    return cv2.imencode(".jpg", image[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, 95])[1].tobytes()


def drawn(lift_id: str = LIFT, *, swapped: bool = False, move: tuple[int, int] = (0, 0)) -> dict[str, Image]:
    pair = sample(lift_id).masks
    moved = [np.roll(mask, move, (1, 0)) for mask in (pair.open, pair.close)]
    return dict(zip(("close", "open") if swapped else ("open", "close"), moved, strict=True))


def shows(open_of: str = LIFT, *, open_as: str = "open", close_as: str = "close") -> dict[str, Image]:
    """The two pictures that a person picks."""
    references = sample(open_of).references
    return {
        "reference_open": references[f"reference_{open_as}"],
        "reference_close": references[f"reference_{close_as}"],
    }


def enrol(house: House, masks: dict[str, Image], pictures: dict[str, Image]) -> Any:
    files = {name: (f"{name}.png", png(mask)) for name, mask in masks.items()}
    files |= {name: (f"{name}.jpg", jpeg(picture)) for name, picture in pictures.items()}
    return house.call("POST", f"/lifts/{LIFT}/masks", files=files)


def outcome(house: House, masks: dict[str, Image], pictures: dict[str, Image]) -> str:
    """How it ends: the code of a refusal, or what the check says."""
    answer = enrol(house, masks, pictures)
    lift = house.call("GET", f"/lifts/{LIFT}").json()
    check = house.call("GET", f"/lifts/{LIFT}/setup/check").json()
    if answer.status_code != 201:
        assert answer.status_code == 422, answer.text
        return f"refused {answer.json()['code']}"
    enrolled = answer.json()
    assert enrolled["armed"] == lift["armed"] == check["armed"] == (check["decision"] == "go")
    reason = check["reasons"][0] if check["reasons"] else {"code": "", "advice": ""}
    return f"{check['decision']} {reason['code']} {reason['advice']}".strip()


NOTHING, ALL = np.zeros((200, 200), np.uint8), np.full((200, 200), 255, np.uint8)

WRONG: dict[str, tuple[Callable[[], dict[str, Image]], Callable[[], dict[str, Image]], str]] = {
    "masks swapped": (lambda: drawn(swapped=True), shows, "refused masks_swapped"),
    "picks swapped": (drawn, lambda: shows(open_as="close", close_as="open"), "refused masks_swapped"),
    "masks swapped, nothing picked": (
        lambda: drawn(swapped=True),
        dict,
        "no_go masks_swapped swap_or_correct",
    ),
    "masks and picks swapped": (
        lambda: drawn(swapped=True),
        lambda: shows(open_as="close", close_as="open"),
        "no_go open_bar_below swap_or_correct",
    ),
    "another lift's masks": (lambda: drawn(OTHER), shows, "no_go confirmed_misjudged redraw"),
    "another lift's masks and picks": (
        lambda: drawn(OTHER),
        lambda: shows(OTHER),
        "no_go masks_of_another_lift redraw",
    ),
    "one open carrier as both": (
        drawn,
        lambda: shows(close_as="open"),
        "no_go confirmed_misjudged redraw",
    ),
    "one closed carrier as both": (
        drawn,
        lambda: shows(open_as="close"),
        "no_go confirmed_misjudged redraw",
    ),
    "masks too far right": (lambda: drawn(move=(40, 0)), shows, "no_go confirmed_misjudged redraw"),
    "masks too high": (lambda: drawn(move=(0, -40)), shows, "no_go confirmed_misjudged redraw"),
    "masks a little too low": (lambda: drawn(move=(0, 20)), shows, "no_go confirmed_misjudged redraw"),
    "one all white": (lambda: {**drawn(), "open": ALL}, shows, "refused mask_full"),
    "one empty": (lambda: {**drawn(), "close": NOTHING}, shows, "refused mask_empty"),
    "both the same": (lambda: dict.fromkeys(drawn(), drawn()["open"]), shows, "refused masks_alike"),
}


def test_every_wrong_choice_ends_in_no_go_with_its_reason(house: House) -> None:
    """None arms the lift, whatever it was before; the right choice does, before and after them."""
    check = house.call("GET", f"/lifts/{LIFT}/setup/check").json()
    assert [(one["code"], one["advice"]) for one in check["reasons"]] == [("no_masks", "draw_masks")]
    assert check["decision"] == "no_go"
    assert outcome(house, drawn(), shows()) == "go"
    check = house.call("GET", f"/lifts/{LIFT}/setup/check").json()
    found = {}
    for name, (masks, pictures, _) in WRONG.items():
        found[name] = outcome(house, masks(), pictures())
        if found[name].startswith("refused"):  # what was there before is untouched
            assert house.call("GET", f"/lifts/{LIFT}/setup/check").json()["reasons"] == check["reasons"]
        check = house.call("GET", f"/lifts/{LIFT}/setup/check").json()
    assert found == {name: expected for name, (_, _, expected) in WRONG.items()}
    assert outcome(house, drawn(), shows()) == "go"


def test_going_back_to_swapped_masks_arms_nothing(house: House) -> None:
    """Not even where the right ones had armed the lift meanwhile."""
    assert outcome(house, drawn(swapped=True), {}) == "no_go open_bar_below swap_or_correct"
    swapped = house.call("GET", f"/lifts/{LIFT}").json()["mask_version"]
    assert outcome(house, drawn(), shows()) == "go"
    back = house.call("POST", f"/lifts/{LIFT}/masks/{swapped}/activate").json()
    assert (back["active"], house.call("GET", f"/lifts/{LIFT}").json()["armed"]) == (True, False)
    check = house.call("GET", f"/lifts/{LIFT}/setup/check").json()
    assert (check["decision"], check["reasons"][0]["code"]) == ("no_go", "masks_swapped")
