"""Lifts are enrolled, watched and judged one by one; what was judged is never judged again."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from ml.evaluate.alarms import enrolled
from ml.evaluate.alarms.enrolled import (
    Recorded,
    failed_folder,
    judge_all,
    judge_lift,
    refused,
    review,
    with_refusal,
)
from ml.evaluate.alarms.figures import failures, report
from ml.evaluate.alarms.sheet import SIDE, Shown, write_sheets
from ml.report.recordings import alarms_section
from ml.scene.masks import draw_masks
from ml.scene.sampling import sample_lift

_SMALL = Recorded(recordings=1, carriers=2, teaching=2, fps=2.0, height=90)


@pytest.fixture
def model(tmp_path: Path) -> Path:
    """A file that stands for the network."""
    path = tmp_path / "barwatch.ts"
    path.write_bytes(b"network")
    return path


@pytest.mark.thorough
def test_one_lift_is_enrolled_and_watched_and_its_recordings_are_kept(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, model: Path
) -> None:
    """A carrier that was not found is cut out by the truth; a wrong verdict shows what was judged."""
    watched: list[tuple[str, bool]] = []

    def watch(
        video: Path, lift: Path, _: Path, learnt: Path, pictures: Path | None = None
    ) -> list[dict[str, Any]]:
        assert video.exists()
        assert (lift / "lift.toml").exists()
        watched.append((video.name.split("-")[2], pictures is not None))
        if pictures is None:
            learnt.write_bytes(b"line")
            return taught
        assert learnt.exists()
        pictures.mkdir()
        row = np.zeros((200, 5 * 200, 3), np.uint8)
        row[:, 800:, 2] = 255  # red at the end
        cv2.imwrite(str(pictures / "0004.png"), row)
        seen = {"verdict": "open", "occupied": True, "seat": "occupied", "reasons": []}
        return [{"passage": 4, "t_middle": 1000.0, "t_decided": 0.0, **seen}]

    def teach(
        video: Path, lift: Path, model: Path, learnt: Path
    ) -> tuple[list[dict[str, Any]], dict[str, Any]]:
        placed = (lift / "reference_open.jpg").exists() or (lift / "reference_close.jpg").exists()
        assert learnt.exists() is False
        return watch(video, lift, model, learnt), {"place_certain": placed or said}

    # Each of the two that teach is judged, so that a person who looks at them sees a carrier.
    taught = [{"t_middle": t / 4, "verdict": "closed"} for t in range(80)]
    said = True
    monkeypatch.setattr(enrolled, "watch_video", watch)
    monkeypatch.setattr(enrolled, "watch_with_summary", teach)
    record = json.loads(json.dumps(with_refusal(judge_lift(tmp_path, 20001, _SMALL, model))))
    assert watched == [("0", False), ("1", True)]
    assert not (tmp_path / "lift-20001").exists()
    assert len(list((tmp_path / "enrolled").glob("v*-20001-*.mp4"))) == 2
    (day,) = record["recordings"]
    failed = [case for case in day["cases"] if case["fate"] in {"false alarm", "silent"}]
    assert failed[0]["cause"] == "no carrier"
    folder = failed_folder(tmp_path, _SMALL, model)
    assert len(list(folder.iterdir())) == len(failed)
    ghost = cv2.imread(str(folder / "20001-1-0.jpg"))
    assert ghost is not None
    assert ghost.shape == (200, 600, 3)
    assert ghost[100, 500, 2] > 200
    assert ghost[100, 300, 2] < 50

    assert record["place_certain"] == [True]

    said = False
    watched.clear()
    placed = with_refusal(judge_lift(tmp_path, 20001, _SMALL, model))
    assert watched == [("0", False), ("0", False), ("1", True)]
    assert placed["place_certain"] == [False, True]
    assert report([record, placed])["placed_by_a_person"] == 1

    taught.clear()
    said = True
    watched.clear()
    nowhere = with_refusal(judge_lift(tmp_path, 20001, _SMALL, model))
    assert [name for name, _ in watched] == ["0", "0", "1"]
    assert nowhere["refused"] == "not_confirmed"
    assert report([nowhere])["refused"] == {"not_confirmed": 1}
    assert report([nowhere])["armed"]["lifts"] == 0

    result = report([record])
    assert (result["lifts"], result["carriers"], result["ghosts"]) == (1, 2, 1)
    assert result["causes"][0] == {"fate": "false alarm", "cause": "no carrier", "count": 1}
    assert result["in_time"]["of"] == result["events"]
    lost = sum(result[name] for name in ("late", "warned", "called_unknown", "silent"))
    assert result["caught"] + lost == result["events"]
    text = alarms_section({**result, "command": "", "git_commit": "", "recorded": asdict(_SMALL)})
    assert "no carrier" in text
    assert "500.0 false alarms per 1,000 carriers" in text
    (page,) = write_sheets(tmp_path / "sheets", "failed", failures([record], folder))
    shown = cv2.imread(str(page))
    assert shown is not None
    assert shown.shape[0] > SIDE


def test_a_run_that_was_stopped_goes_on_where_it_stopped(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, model: Path
) -> None:
    """Each lift is judged once; one whose line was cut off again, and all of them by another network."""
    judged: list[int] = []

    def judge(_root: Path, seed: int, _wanted: Recorded, _model: Path) -> dict[str, Any]:
        judged.append(seed)
        return {"seed": seed, "place_certain": [True], "reviewed": [], "recordings": []}

    monkeypatch.setattr(enrolled, "judge_lift", judge)
    monkeypatch.setattr(enrolled, "renderers", ThreadPoolExecutor)
    root = tmp_path / "runs"
    assert {record["seed"] for record in judge_all(root, [1, 2], _SMALL, model, 1)} == {1, 2}
    (kept,) = root.glob("enrolled-*.jsonl")
    whole = kept.read_text(encoding="utf-8")
    kept.write_text(whole[:-5], encoding="utf-8")
    assert {record["seed"] for record in judge_all(root, [1, 2, 3], _SMALL, model, 1)} == {1, 2, 3}
    assert judged == [1, 2, 2, 3]
    assert len(kept.read_text(encoding="utf-8").splitlines()) == 3
    model.write_bytes(b"another network")
    list(judge_all(root, [1], _SMALL, model, 1))
    assert judged[-1] == 1
    assert len(list(root.glob("enrolled-*.jsonl"))) == 2


def test_a_review_says_what_the_product_would_say() -> None:
    """Ghosts are not reviewed; refused are a state never judged rightly, a place not known, many unknown."""
    truth = [
        {"t_begin": t - 1.0, "t_middle": t, "t_end": t + 1.0, "state": state}
        for t, state in ((10.0, "open"), (20.0, "closed"), (30.0, "open"), (40.0, "closed"))
    ]
    verdicts = ((10.0, "unknown"), (15.0, "open"), (20.1, "open"), (30.2, "open"), (40.0, "closed"))
    lines = [{"t_middle": t, "verdict": verdict} for t, verdict in verdicts]
    reviewed = review(truth, lines)
    assert reviewed == [("open", "unknown"), ("closed", "open"), ("open", "open"), ("closed", "closed")]
    masks = draw_masks(sample_lift(20001))
    right = [("open", "open"), ("closed", "closed")]
    assert refused(right, masks, place_certain=True) is None
    assert refused(right, masks, place_certain=False) == "place_uncertain"
    assert refused(reviewed, masks, place_certain=True) == "confirmed_misjudged"
    assert refused(right[:1], masks, place_certain=True) == "not_confirmed"
    unknown = [("open", "unknown")] * 3
    assert refused([*right * 4, *unknown], masks, place_certain=True) is None
    assert refused([*right * 3, *unknown], masks, place_certain=True) == "too_many_unknown"


def test_sheets_stay_small(tmp_path: Path) -> None:
    """Noise compresses badly: the pictures are coded more coarsely instead; older sheets go."""
    noise = np.random.default_rng(0).integers(0, 256, (200, 600, 3), np.uint8)
    cv2.imwrite(str(tmp_path / "a.png"), noise)
    shown = [Shown(tmp_path / "a.png", "lift 1/1, carrier 2: silent", "was open; said closed")] * 6
    fine = write_sheets(tmp_path / "sheets", "failed", shown, most=2)
    assert len(fine) == 3
    size = sum(path.stat().st_size for path in fine[:2])
    coarse = write_sheets(tmp_path / "sheets", "failed", shown[:4], most=2, limit_bytes=round(0.7 * size))
    assert sorted((tmp_path / "sheets").iterdir()) == coarse
    assert len(coarse) == 2
    assert sum(path.stat().st_size for path in coarse) <= 0.7 * size
