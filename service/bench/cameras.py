"""The benchmark's simulated cameras: a sample lift's recording, encoded as an IP camera would."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av

from lifts.folder import LiftFolder, read_lift_folder
from service.domain.camera import WatchedLift
from service.domain.errors import ConfigurationError
from service.usecases.samples import sample_folder, video_of

SAMPLE = "demo-quad"
INTERVAL_S = 5.6
"""Between the sample's carriers. Its recording holds a whole number of them, so that it can be looped."""

START_S = 4.0 * INTERVAL_S
"""By this time the line is learnt (`service.passages.learning` uses up to 3.7 intervals)."""

FPS = 25

RECORDINGS = Path("runs") / "ingest"
"""Where the cameras' recordings are kept, by default."""


@dataclass(frozen=True, slots=True)
class SimulatedCamera:
    """A camera's stream: H.264, 25 pictures a second. b_pictures: how many B pictures follow each other."""

    name: str
    width: int
    height: int
    kbit_per_s: int
    b_pictures: int = 0


CAMERAS = (
    SimulatedCamera("1080p25", 1920, 1080, 4000),
    SimulatedCamera("720p25", 1280, 720, 2000),
    SimulatedCamera("1080p25 with B pictures", 1920, 1080, 4000, b_pictures=1),
)


def sample(name: str = SAMPLE) -> tuple[LiftFolder, Path]:
    """Return a sample lift and its recording.

    Raises:
        ConfigurationError: it is not installed.
    """
    folder = sample_folder(name)
    if folder is None:
        raise ConfigurationError(f"the sample lift {name} is not installed beside the package `lifts`")
    return read_lift_folder(folder), video_of(folder)


def watched(folder: LiftFolder, video: Path, lift_id: str | None = None) -> WatchedLift:
    """Return the lift with a recording, looped, in place of its camera.

    The recording's pictures may differ in size from lift.toml's: the track is scaled to them.
    """
    lift = folder.lift
    if lift.camera is None:
        raise ConfigurationError(f"sample lift {lift.id}: no camera in lift.toml")
    lift = lift.model_copy(
        update={"id": lift_id or lift.id, "camera": lift.camera.model_copy(update={"url": str(video)})}
    )
    return WatchedLift(lift=lift, masks=folder.masks, references=folder.references, loop_file=True)


def recording(camera: SimulatedCamera, source: Path, cache: Path) -> Path:
    """Return `source` as the camera would send it; encoded once and kept in `cache`."""
    kind = f"{camera.width}x{camera.height}-{camera.kbit_per_s}-{camera.b_pictures}"
    made = cache / f"{source.parent.name}-{kind}.mp4"
    if not made.is_file():
        cache.mkdir(parents=True, exist_ok=True)
        begun = made.with_suffix(".part.mp4")
        _encode(camera, source, begun)
        begun.replace(made)
    return made


def mbit_per_s(video: Path) -> float:
    """Return the mean bit rate of a recording."""
    with av.open(str(video)) as container:
        return float(8e-6 * video.stat().st_size * av.time_base / (container.duration or av.time_base))


def _encode(camera: SimulatedCamera, source: Path, to: Path) -> None:
    """Encode as cameras do: one reference frame, a key frame every two seconds, a nearly constant rate."""
    kbit, b_pictures = camera.kbit_per_s, camera.b_pictures
    detail = (
        f"keyint={2 * FPS}:scenecut=0:ref=1:bframes={b_pictures}:b-adapt=0:b-pyramid=none"
        f":vbv-maxrate={kbit + kbit // 4}:vbv-bufsize={kbit}"
    )
    options = {"preset": "veryfast", "profile": "high", "x264-params": detail}
    with av.open(str(source)) as read, av.open(str(to), "w") as written:
        stream = written.add_stream("libx264", rate=FPS, options=options)
        stream.width, stream.height, stream.pix_fmt = camera.width, camera.height, "yuv420p"
        stream.bit_rate = 1000 * kbit
        for number, decoded in enumerate(read.decode(video=0)):
            picture = decoded.reformat(width=camera.width, height=camera.height, format="yuv420p")
            picture.pts, picture.time_base = number, Fraction(1, FPS)
            picture.pict_type = 0  # the encoder is free to choose which become key frames
            written.mux(stream.encode(picture))
        written.mux(stream.encode(None))
