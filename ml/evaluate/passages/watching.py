"""The service's output for each variant, cached for each state of the sources."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path

from ml.evaluate.events import Record
from ml.evaluate.passages.variants import VARIANTS, Prepared, prepare
from ml.evaluate.watching import RenderedRecording, watch_video
from ml.machine.files import written_whole

_ROOT = Path(__file__).resolve().parents[3]
_SOURCES = (
    "service/capture",
    "service/health",
    "service/line",
    "service/vision",
    "service/passages",
    "service/inference",
    "service/domain/frame.py",
    "service/station/watch.py",
    "lifts",
)
_LIFT_FILES = ("lift.toml", "open.png", "close.png", "reference_open.jpg", "reference_close.jpg")


@dataclass(frozen=True)
class Watch:
    """One variant of one recording: the truth, the lines of `barwatch watch`, and the sources' digest."""

    recording: RenderedRecording
    variant: str
    truth: Record
    lines: list[Record]
    sources: str


def sources(root: Path = _ROOT) -> str:
    """Return a digest of the code that finds and judges passages, 16 hexadecimal digits."""
    files = [
        path
        for name in _SOURCES
        for path in ([root / name] if name.endswith(".py") else sorted((root / name).rglob("*.py")))
    ]
    return _digest(files)


def watch_all(
    root: Path, recordings: Sequence[RenderedRecording], variants: Sequence[str], model: Path, workers: int
) -> Iterator[Watch]:
    """Make and watch every variant of every recording; yields each as it is ready.

    Results that the same sources gave before are read from the cache.

    Args:
        root: folder of the recordings, all rendered.
        variants: names among VARIANTS; all recordings of the first come first.

    Raises:
        RuntimeError: the service failed; with its error output.
    """
    with ThreadPoolExecutor(workers) as pool:
        jobs = [
            pool.submit(_watch, root, recording, name, model) for name in variants for recording in recordings
        ]
        try:
            for job in as_completed(jobs):
                yield job.result()
        finally:
            pool.shutdown(wait=False, cancel_futures=True)


def _watch(root: Path, recording: RenderedRecording, name: str, model: Path) -> Watch:
    prepared = prepare(root, recording, VARIANTS[name])
    by = sources()  # computed now, because sources may change during an hour's run
    kept = recording.folder(root) / "lines" / f"{name}-{by}-{_inputs(prepared, model)}.json"
    if kept.exists():
        lines: list[Record] = json.loads(kept.read_text(encoding="utf-8"))
    else:
        lines = watch_video(prepared.video, prepared.lift, model)
        with written_whole(kept) as part:
            part.write_text(json.dumps(lines, indent=1) + "\n", encoding="utf-8")
    return Watch(recording, name, prepared.truth, lines, by)


def _inputs(prepared: Prepared, model: Path) -> str:
    lift = [prepared.lift / name for name in _LIFT_FILES if (prepared.lift / name).exists()]
    return _digest([prepared.video, *lift, model])


def _digest(files: Iterable[Path]) -> str:
    whole = hashlib.sha256()
    for path in files:
        with path.open("rb") as file:
            whole.update(hashlib.file_digest(file, "sha256").digest())
    return whole.hexdigest()[:16]
