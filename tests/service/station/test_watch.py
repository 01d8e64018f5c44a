"""A recording is watched as the service would: each carrier judged once, progress reported."""

from pathlib import Path

import av
import numpy as np
import pytest

from lifts.decision.verdict import Verdict
from lifts.folder import LiftFolder
from service.domain.errors import SourceError
from service.inference.model import EmbeddingModel
from service.station.watch import RecordingWatch, Watched
from tests.service.passages.scripted import HEIGHT, WIDTH, Scene, crossing_s, frames, watched
from tests.service.tiny_model import write_artefact

SCENE = Scene(seconds=12.4, way_per_s=0.5, carriers=(1.0, 4.0, 7.0, 10.0), open_bars=(True,), occupied=(2,))


def folder() -> LiftFolder:
    seen = watched(SCENE)
    assert seen.masks is not None
    return LiftFolder(lift=seen.lift, masks=seen.masks)


@pytest.fixture(scope="module")
def recording(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("watch") / "a.mp4"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=25, options={"crf": "23", "preset": "ultrafast"})
        stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        for drawn in frames(SCENE):
            for _ in range(2):
                container.mux(stream.encode(av.VideoFrame.from_ndarray(drawn.image, format="bgr24")))
        container.mux(stream.encode())
    return path


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> EmbeddingModel:
    return EmbeddingModel.load(write_artefact(tmp_path_factory.mktemp("model")), "cpu")


@pytest.fixture(scope="module")
def seen(recording: Path, model: EmbeddingModel) -> tuple[list[Watched], list[float]]:
    """What was found in the recording, and the reported progress."""
    progress: list[float] = []
    return list(RecordingWatch(recording, folder(), model, on_progress=progress.append)), progress


@pytest.mark.thorough
def test_each_carrier_is_judged_once_and_progress_is_told(
    seen: tuple[list[Watched], list[float]],
) -> None:
    """Four carriers, each once at its time with a judgement of three pictures; progress grows to the end."""
    found, progress = seen
    assert len(found) == 4
    for (passage, judgement, _), begin_s in zip(found, SCENE.carriers, strict=False):
        assert passage.t_middle_s == pytest.approx(crossing_s(SCENE, begin_s, 0.5), abs=0.3)
        assert len(judgement.images) == 3
        assert judgement.verdict in set(Verdict)
    passage, _, decided_s = found[-1]
    assert passage.t_middle_s < decided_s < passage.t_end_s
    assert progress == sorted(progress)
    assert progress[-1] > 0.95


@pytest.mark.thorough
def test_what_was_learnt_of_the_line_is_kept(recording: Path, model: EmbeddingModel, tmp_path: Path) -> None:
    """A second watch begins with the line as learnt: it decides on a carrier at once, not a minute later."""
    memory = tmp_path / "line.npz"
    first, second = (list(RecordingWatch(recording, folder(), model, memory=memory)) for _ in range(2))
    assert [seen.passage.number for seen in second] == [seen.passage.number for seen in first]
    late = [seen.decided_s - seen.passage.t_end_s for seen in first]
    prompt = [seen.decided_s - seen.passage.t_end_s for seen in second]
    assert prompt[0] < 0.5 < late[0]


@pytest.mark.thorough
def test_a_recording_replays_to_the_same_verdicts(
    recording: Path, model: EmbeddingModel, seen: tuple[list[Watched], list[float]]
) -> None:
    """Watched twice: the same passages, pictures and verdicts, bit for bit."""
    first, second = seen[0], list(RecordingWatch(recording, folder(), model))
    assert len(first) == 4
    for one, other in zip(first, second, strict=True):
        assert (one.passage.id, one.decided_s) == (other.passage.id, other.decided_s)
        assert one.passage.t_middle_s == other.passage.t_middle_s
        assert one.judgement == other.judgement
        for a, b in zip(one.passage.pictures, other.passage.pictures, strict=True):
            assert np.array_equal(a.image, b.image)


def test_a_missing_recording_says_so(tmp_path: Path, model: EmbeddingModel) -> None:
    """The error names the file."""
    with pytest.raises(SourceError, match=r"gone\.mp4"):
        list(RecordingWatch(tmp_path / "gone.mp4", folder(), model))
