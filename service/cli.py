"""The command line: `barwatch …`. What a command needs is imported when it runs, so that --help is quick."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from service.commands.extras import Commands
from service.domain.errors import BarwatchError

app = typer.Typer(
    name="barwatch",
    cls=Commands,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Watches chairlift boarding stations and raises an alarm for every carrier that leaves with its "
    "safety bar open.",
)
token_app = typer.Typer(no_args_is_help=True, help="API tokens.")
app.add_typer(token_app, name="token")
bench_app = typer.Typer(
    cls=Commands, no_args_is_help=True, help="Speed of the parts, measured on this machine."
)
app.add_typer(bench_app, name="bench")

DataOption = Annotated[Path | None, typer.Option("--data", help="Folder of the database and pictures.")]
ModelOption = Annotated[Path | None, typer.Option("--model", help="Model file or manifest.")]
DeviceOption = Annotated[str | None, typer.Option("--device", help="auto, cpu or cuda.")]
HostOption = Annotated[str | None, typer.Option("--host", help="Address to listen on [127.0.0.1].")]
PortOption = Annotated[int | None, typer.Option("--port", min=0, max=65535, help="Port; 0: any [8000].")]
UrlOption = Annotated[
    str | None, typer.Option("--url", help="A running service; its token in BARWATCH_TOKEN.")
]
JsonOption = Annotated[bool, typer.Option("--json", help="JSON on stdout, for machines.")]
BENCH_CACHE = Path("runs") / "ingest"


def _version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version  # noqa: PLC0415

        typer.echo(f"barwatch {version('barwatch')}")
        raise typer.Exit


@app.callback()
def _root(
    _: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    pass


@app.command()
def serve(
    host: HostOption = None,
    port: PortOption = None,
    data: DataOption = None,
    model: ModelOption = None,
    engine: Annotated[str | None, typer.Option("--engine", help="local or ray [local].")] = None,
    device: DeviceOption = None,
) -> None:
    """Run the service: API, console, cameras and the embedder's worker.

    Every option may also be set in the environment: BARWATCH_PORT, BARWATCH_DATA, BARWATCH_MODEL …
    """
    from service.commands.serve import run_serve  # noqa: PLC0415

    chosen = {"host": host, "port": port, "data": data, "engine": engine, "device": device}
    run_serve(model=model, **chosen)


@app.command()
def demo(
    host: HostOption = None,
    port: PortOption = None,
    data: Annotated[Path | None, typer.Option("--data", help="Folder to work in [data/demo].")] = None,
    cameras: Annotated[
        str | None,
        typer.Option(help="Server that plays the samples' videos [the files stand in].", metavar="RTSP_URL"),
    ] = None,
    model: ModelOption = None,
    device: DeviceOption = None,
) -> None:
    """Run the service with the sample lifts, their recorded videos looped in real time as cameras.

    Prints one link that signs a browser in.
    """
    from service.commands.demo import run_demo  # noqa: PLC0415

    run_demo(data, cameras, host=host, port=port, model=model, device=device)


@app.command()
def watch(
    video: Annotated[Path, typer.Argument(help="The video file.")],
    lift: Annotated[str, typer.Option("--lift", help="A lift's id or folder.", metavar="ID_OR_FOLDER")],
    as_json: Annotated[
        bool, typer.Option("--json", help="One JSON object per line (the default unless on a terminal).")
    ] = False,
    timing: Annotated[
        bool, typer.Option(help="Add to each JSON line when the verdict was out: t_decided, in seconds.")
    ] = False,
    data: DataOption = None,
    model: ModelOption = None,
    device: DeviceOption = None,
) -> None:
    """Run the whole path over a file, as fast as it goes: one line per carrier."""
    from service.commands.watch import run_watch  # noqa: PLC0415

    run_watch(video, lift, as_json=as_json, timing=timing, data=data, model=model, device=device)


@app.command()
def calibrate(
    video: Annotated[Path, typer.Argument(help="A recording of the lift, about two minutes.")],
    box: Annotated[
        str | None,
        typer.Option(
            help="A box round one carrier, in camera pixels, and when [at the beginning].",
            metavar="X,Y,W,H[@SECONDS]",
        ),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(help="Folder for lift.toml, a picture of the track and the registered carriers."),
    ] = None,
    picture: Annotated[Path | None, typer.Option(help="Where to draw the track (PNG).")] = None,
    seconds: Annotated[float, typer.Option(min=5.0, max=600.0, help="How much to look at.")] = 150.0,
    as_json: JsonOption = False,
) -> None:
    """Propose a lift's track from a video of three carriers or more; prints it, or writes it to --out."""
    from service.commands.calibrate import run_calibrate  # noqa: PLC0415

    run_calibrate(video, box=box, out=out, picture=picture, seconds=seconds, as_json=as_json)


@app.command()
def enroll(
    lift_id: Annotated[str, typer.Argument(metavar="ID", help="The lift's id.")],
    open_mask: Annotated[Path | None, typer.Option("--open", help="The open mask.")] = None,
    close_mask: Annotated[Path | None, typer.Option("--close", help="The close mask.")] = None,
    lift: Annotated[
        Path | None,
        typer.Option("--lift", help="A lift folder: configuration, and masks where none are given here."),
    ] = None,
    name: Annotated[str | None, typer.Option("--name", help="What to call a new lift.")] = None,
    reference_open: Annotated[Path | None, typer.Option(help="A picture with the bar open.")] = None,
    reference_close: Annotated[Path | None, typer.Option(help="A picture with the bar closed.")] = None,
    url: UrlOption = None,
    data: DataOption = None,
    model: ModelOption = None,
    device: DeviceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Enrol a lift with two masks: drawings of the bar, white on black, open and closed."""
    from service.commands.client import Target  # noqa: PLC0415
    from service.commands.lifts import Drawings, run_enroll  # noqa: PLC0415

    drawings = Drawings(open_mask, close_mask, reference_open, reference_close)
    run_enroll(Target.of(url, data, model, device), lift_id, drawings, lift, name, as_json=as_json)


@app.command()
def classify(
    lift_id: Annotated[str, typer.Argument(metavar="ID", help="The lift's id.")],
    images: Annotated[
        list[Path], typer.Argument(metavar="IMAGE…", help="One to three pictures of one passage.")
    ],
    registered: Annotated[
        bool,
        typer.Option(
            "--registered/--frames",
            help="200x200 canonical pictures, or whole camera frames (begin, middle, end).",
        ),
    ] = True,
    url: UrlOption = None,
    data: DataOption = None,
    model: ModelOption = None,
    device: DeviceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Judge one passage: is the bar open or closed?"""
    from service.commands.client import Target  # noqa: PLC0415
    from service.commands.lifts import run_classify  # noqa: PLC0415

    target = Target.of(url, data, model, device)
    run_classify(target, lift_id, images, registered=registered, as_json=as_json)


@bench_app.command("ingest")
def bench_ingest(
    seconds: Annotated[
        float, typer.Option(min=0.1, help="How much of each recording to look at once the line is learnt.")
    ] = 112.0,
    cameras: Annotated[
        int, typer.Option(min=0, max=64, help="Cameras at once while delays are measured; 0: leave it out.")
    ] = 8,
    delay_seconds: Annotated[
        float, typer.Option(min=0.0, help="How long to measure delays; 0: leave it out.")
    ] = 90.0,
    confirm: Annotated[
        bool, typer.Option(help="Run as many cameras as two cores should carry, to see whether they do.")
    ] = True,
    memory: Annotated[bool, typer.Option(help="Measure what each camera's process adds.")] = True,
    cache: Annotated[Path, typer.Option(help="Where the cameras' recordings are kept.")] = BENCH_CACHE,
    model: ModelOption = None,
    out: Annotated[Path | None, typer.Option(help="Write the figures here as JSON.")] = None,
    as_json: JsonOption = False,
) -> None:
    """What cameras cost: processor, memory and delay, on a sample lift's recording as cameras send it.

    The processor's time of the whole path and of decoding alone are taken in turns. Takes a quarter of an
    hour; on a machine that does other things as well fewer cameras keep up, and verdicts come later.
    """
    from service.commands.bench import Wanted, run_ingest  # noqa: PLC0415

    wanted = Wanted(seconds, 20.0 if confirm else 0.0, memory, cameras, delay_seconds)
    run_ingest(wanted, cache, model, out, as_json=as_json)


@token_app.command("create")
def token_create(
    role: Annotated[str, typer.Option("--role", help="viewer, operator or admin.")],
    name: Annotated[
        str | None, typer.Option("--name", help="Whose it is; shown beside what they do.")
    ] = None,
    data: DataOption = None,
    as_json: JsonOption = False,
) -> None:
    """Make a new API token and print it, once: only its hash is stored."""
    from service.commands.token import run_create  # noqa: PLC0415

    run_create(role, name, data, as_json=as_json)


@token_app.command("list")
def token_list(data: DataOption = None, as_json: JsonOption = False) -> None:
    """List the tokens by id, name and role."""
    from service.commands.token import run_list  # noqa: PLC0415

    run_list(data, as_json=as_json)


@token_app.command("revoke")
def token_revoke(
    token_id: Annotated[str, typer.Argument(metavar="ID", help="The token's id (`token list`).")],
    data: DataOption = None,
) -> None:
    """Make a token useless for ever; its open feeds and sessions end within seconds."""
    from service.commands.token import run_revoke  # noqa: PLC0415

    run_revoke(token_id, data)


def main() -> None:
    """Run the command line; what went wrong is said in one line, exit code 1 (2: wrong usage)."""
    try:
        app()
    except BarwatchError as error:
        print(f"barwatch: {error}", file=sys.stderr)  # noqa: T201 - the command line speaks to people
        raise SystemExit(1) from None


if __name__ == "__main__":
    main()
