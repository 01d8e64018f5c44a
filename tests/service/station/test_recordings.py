"""Whatever a recording went through, carriers are judged at their times or `unknown` with a reason."""

import json
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner, Result

from lifts.decision.reasons import Reason
from lifts.folder import LiftFolder
from service.capture.files import FileSource
from service.cli import app
from service.commands.watch import INCOMPLETE
from service.inference.model import EmbeddingModel
from service.station.watch import RecordingWatch, Watched
from service.usecases.samples import sample_folder, video_of
from tests.service.capture.containers import STAMPED, Handling, Image, record
from tests.service.capture.videos import drawn
from tests.service.passages.scripted import Scene, crossing_s, frames, watched
from tests.service.tiny_model import write_artefact

NEAR_S = 0.35
SCENE = Scene(seconds=15.4, way_per_s=0.5, carriers=(1.0, 4.0, 7.0, 10.0, 13.0), fps=12.0, people=1)
MIDDLES_S = [crossing_s(SCENE, begin_s, 0.5) for begin_s in SCENE.carriers]


def small(picture: Image) -> Image:
    return np.asarray(cv2.resize(picture, (320, 180), interpolation=cv2.INTER_AREA), np.uint8)


@pytest.fixture(scope="module")
def pictures() -> list[Image]:
    return [small(frame.image) for frame in frames(SCENE)]


def watch(path: Path, tmp_path: Path) -> tuple[RecordingWatch, list[Watched]]:
    seen = watched(SCENE)
    assert seen.masks is not None
    model = EmbeddingModel.load(write_artefact(tmp_path), "cpu")
    watching = RecordingWatch(path, LiftFolder(lift=seen.lift, masks=seen.masks), model)
    return watching, list(watching)


def by_pictures(found: list[Watched]) -> list[float]:
    """Times at middle, seconds, of the carriers that have at least one picture to judge."""
    return [
        each.passage.t_middle_s
        for each in found
        if any(picture.problem is None for picture in each.passage.pictures)
    ]


@pytest.mark.thorough
def test_a_gap_while_the_line_is_learnt_costs_no_carrier(pictures: list[Image], tmp_path: Path) -> None:
    """A recorder that pauses for 30 s after 6.4 s: those before and after are found, those in it unknown."""
    handling = Handling(gap=(6.4, 30.0))
    _, found = watch(record(tmp_path / "a", pictures, 12, handling), tmp_path)
    due = [handling.time_of(middle_s, 0.0)[0] for middle_s in MIDDLES_S]
    assert by_pictures(found) == pytest.approx(due, abs=NEAR_S)
    times = [each.passage.t_middle_s for each in found]
    assert times == sorted(times)
    assert max(np.diff(times)) < 4.5


@pytest.mark.slow
def test_pauses_in_joined_clips_cost_no_carrier(pictures: list[Image], tmp_path: Path) -> None:
    """Two clips, a pause of 3.3 s after 2.2 s of each: nothing is learnt or carried on across any of them."""
    handling = Handling(every=2, gap=(2.2, 3.3), clips=2)
    _, found = watch(record(tmp_path / "a", pictures, 12, handling), tmp_path)
    due = [at_s for middle_s in MIDDLES_S for at_s in handling.time_of(middle_s, len(pictures) / 12)]
    assert by_pictures(found) == pytest.approx(sorted(due), abs=NEAR_S)


@pytest.mark.thorough
def test_a_change_of_size_costs_no_carrier(pictures: list[Image], tmp_path: Path) -> None:
    """Half the pixels from 7.9 s on, when a carrier is passing."""
    path = record(tmp_path / "a", pictures, 12, Handling(ending="ts", halved_s=7.9))
    watching, found = watch(path, tmp_path)
    assert [each.passage.t_middle_s for each in found] == pytest.approx(MIDDLES_S, abs=NEAR_S)
    assert any("size changes" in line for line in watching.advice)


@pytest.mark.thorough
def test_pictures_of_another_shape_are_not_judged(pictures: list[Image], tmp_path: Path) -> None:
    """Whether they are squeezed or cropped is unknown; the summary names both sizes."""
    squeezed = [np.asarray(cv2.resize(picture, (240, 180)), np.uint8) for picture in pictures]
    watching, found = watch(record(tmp_path / "a", squeezed, 12, Handling()), tmp_path)
    assert found
    assert by_pictures(found) == []
    assert set(watching.carriers.unknown) == {Reason.ANOTHER_VIEW}
    assert any("240x180" in line and "640x360" in line for line in watching.advice)


@pytest.mark.thorough
def test_too_few_pictures_a_second_are_reported(pictures: list[Image], tmp_path: Path) -> None:
    """With the number that is needed."""
    watching, _ = watch(record(tmp_path / "a", pictures, 12, Handling(every=12)), tmp_path)
    assert any("too few to follow a line" in line and "at least 5" in line for line in watching.advice)


def test_a_broken_copy_ends_with_status_3(tmp_path: Path) -> None:
    """`barwatch watch`: in words and as the last line, how much was read of what is promised."""
    path = record(tmp_path / "a", [drawn(number) for number in range(100)], 25, Handling(cut=0.6))
    line = ["watch", str(path), "--lift", "demo-quad", "--json", "--model", str(write_artefact(tmp_path))]
    result = CliRunner().invoke(app, line)
    assert result.exit_code == INCOMPLETE
    summary = json.loads(result.stdout.splitlines()[-1])["summary"]
    assert summary["seconds_promised"] == pytest.approx(4.0, abs=0.05)
    assert 1.0 < summary["seconds_read"] < 3.5
    assert "of 4.0 s" in result.stderr
    assert "could not be read" in result.stderr
    line = ["calibrate", str(path)]
    assert "are missing" in CliRunner().invoke(app, line).stderr  # and no carriers, which is an error


CASES = {
    "control": Handling(),
    "no time stamps": Handling(ending="h264"),
    "gap of 30 s at 10 s": Handling(gap=(10.0, 30.0)),
    "video starts at 3 s": Handling(late_s=3.0),
    "cut off": Handling(cut=0.55),
    "zeroed": Handling(zeroed=(0.5, 0.6)),
    "rotated": Handling(degrees=180),
    "on its side": Handling(degrees=90),
    "1080N": Handling(aspect=Fraction(2)),
    "segment": Handling(ending="ts"),
    "size change": Handling(ending="ts", halved_s=13.9),
    "joined": Handling(ending="ts", clips=2),
    "HEVC, 5 a second": Handling(ending="mkv", codec="hevc", every=5),
    "a second": Handling(every=25),
}
VERDICTS = ["closed", "open", "closed", "open", "open"]
DUE_S = [2.78, 8.38, 13.98, 19.60, 25.20]
PASSAGE_S = 1.5
"""Longer than from begin or end to middle."""


def watched_by_command(path: Path) -> tuple[Result, list[dict[str, object]], dict[str, object]]:
    result = CliRunner().invoke(app, ["watch", str(path), "--lift", "demo-quad", "--json"])
    *lines, last = [json.loads(line) for line in result.stdout.splitlines()]
    return result, lines, last["summary"]


@pytest.fixture(scope="module")
def demonstration() -> Callable[[], list[Image]]:
    """Give the demonstration's first 27 s, 25 pictures a second."""
    folder = sample_folder("demo-quad")
    assert folder is not None
    source = FileSource(video_of(folder))
    shown = [small(frame.bgr()) for frame, _ in zip(source, range(678), strict=False)]
    return lambda: shown  # Hypothesis prints arguments whole


def check_demonstration(shown: list[Image], handling: Handling, path: Path) -> dict[str, object]:
    """Each carrier at its time with its verdict, unknown, or beyond what was read; returns the summary."""
    result, lines, summary = watched_by_command(record(path, shown, 25, handling))
    broken = replace(handling, cut=1.0, zeroed=None) != handling
    assert result.exit_code == (INCOMPLETE if broken and not summary["complete"] else 0), result.output
    judged = [line for line in lines if line["verdict"] != "unknown"]
    # One that is on the track when the recorder pauses may stand there still, or be another: it has two.
    cut = handling.gap is not None and any(abs(due_s - handling.gap[0]) < PASSAGE_S for due_s in DUE_S)
    assert len(judged) <= (len(DUE_S) + cut) * handling.clips, lines
    for due_s, verdict in zip(DUE_S, VERDICTS, strict=True):
        for at_s in handling.time_of(due_s, len(shown) / 25):
            near = [line["verdict"] for line in lines if abs(float(str(line["t_middle"])) - at_s) < NEAR_S]
            read = handling.cut == 1.0 or at_s + 1.5 < float(str(summary["seconds_read"]))
            honest = summary["advice"] != [] and near in ([], ["unknown"])
            assert near == [verdict] or honest or not read, (at_s, near, summary)
    return summary


@pytest.mark.slow
@pytest.mark.parametrize("name", CASES)
def test_the_demonstration_in_recorders_formats_is_judged_correctly(
    name: str, tmp_path: Path, demonstration: Callable[[], list[Image]]
) -> None:
    """One format after the other; the summary advises where something is to be done, and nowhere else."""
    handling = CASES[name]
    summary = check_demonstration(demonstration(), handling, tmp_path / "a")
    broken = replace(handling, cut=1.0, zeroed=None) != handling
    assert summary["complete"] is not broken
    assert (summary["advice"] != []) == (broken or handling.every == 25 or handling.halved_s is not None)


recorded = st.builds(
    Handling,
    ending=st.sampled_from(STAMPED),
    codec=st.sampled_from(["h264", "hevc"]),
    every=st.sampled_from([1, 2, 5, 12]),
    late_s=st.sampled_from([0.0, 1.5, 3.0]),
    gap=st.none() | st.tuples(st.floats(4.0, 22.0), st.floats(6.0, 40.0)),
    aspect=st.sampled_from([Fraction(1), Fraction(2), Fraction(4, 3)]),
    clips=st.sampled_from([1, 2]),
)
copied = st.builds(Handling, ending=st.sampled_from(["mp4", "mkv", "ts"]), cut=st.floats(0.3, 0.95))
erased = st.builds(
    Handling,
    ending=st.sampled_from(["mp4", "mkv", "ts"]),
    zeroed=st.floats(0.3, 0.6).map(lambda first: (first, first + 0.1)),
)
turned = st.builds(Handling, degrees=st.sampled_from([90, 180, 270]))
raw = st.sampled_from(["h264", "hevc"]).map(lambda name: Handling(ending=name, codec=name))


@pytest.mark.slow
@settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
@given(recorded | copied | erased | turned | raw)
def test_in_random_containers_too(
    tmp_path: Path, demonstration: Callable[[], list[Image]], handling: Handling
) -> None:
    """Where a carrier is not judged at its time, the summary says what went wrong."""
    check_demonstration(demonstration(), handling, tmp_path / "a")
