"""The command line: `barwatch …`. What a command needs is imported when it runs, so that --help is quick."""

from __future__ import annotations

import sys
from importlib.metadata import entry_points
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from service.errors import BarwatchError, ConfigurationError

EXTRA_GROUP = "barwatch.commands"
EXTRA_COMMANDS = ("render", "train", "evaluate", "export", "bench")
"""ml's commands as the design names them: asked for without ml installed, they say how to get it."""


class _Commands(TyperGroup):
    """Our own commands, then those of installed packages, found by their entry points when needed."""

    def list_commands(self, ctx: typer.Context) -> list[str]:  # type: ignore[override]
        """Return every command's name."""
        own = super().list_commands(ctx)
        return own + [name for name in _extra_commands(ctx) if name not in own]

    def get_command(self, ctx: typer.Context, cmd_name: str) -> Any:  # type: ignore[override]
        """Return a command; other packages are only loaded for names that are not ours."""
        own = super().get_command(ctx, cmd_name)
        if own is not None:
            return own
        extra = _extra_commands(ctx)
        if cmd_name in EXTRA_COMMANDS and cmd_name not in extra:
            raise ConfigurationError(f"`barwatch {cmd_name}` needs the ml extra: pip install 'barwatch[ml]'")
        return extra.get(cmd_name)


def _extra_commands(ctx: typer.Context) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for point in entry_points(group=EXTRA_GROUP):
        try:
            command = typer.main.get_command(point.load())
        except ImportError:
            continue  # said when one of its commands is asked for
        if isinstance(command, TyperGroup):
            found |= {name: command.get_command(ctx, name) for name in command.list_commands(ctx)}
        else:
            found[point.name] = command
    return found


app = typer.Typer(
    name="barwatch",
    cls=_Commands,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Watches chairlift boarding stations and raises an alarm for every carrier that leaves with its "
    "safety bar open.",
)
token_app = typer.Typer(no_args_is_help=True, help="API tokens.")
app.add_typer(token_app, name="token")

DataOption = Annotated[Path | None, typer.Option("--data", help="Folder of the database and pictures.")]
ModelOption = Annotated[Path | None, typer.Option("--model", help="Model file or manifest.")]
DeviceOption = Annotated[str | None, typer.Option("--device", help="auto, cpu or cuda.")]
HostOption = Annotated[str | None, typer.Option("--host", help="Address to listen on [127.0.0.1].")]
PortOption = Annotated[int | None, typer.Option("--port", min=0, max=65535, help="Port; 0: any [8000].")]
UrlOption = Annotated[
    str | None, typer.Option("--url", help="A running service; its token in BARWATCH_TOKEN.")
]
JsonOption = Annotated[bool, typer.Option("--json", help="JSON on stdout, for machines.")]


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

    run_serve(host=host, port=port, data=data, model=model, engine=engine, device=device)


@app.command()
def demo(
    host: HostOption = None,
    port: PortOption = None,
    data: Annotated[Path | None, typer.Option("--data", help="Folder to work in [data/demo].")] = None,
    model: ModelOption = None,
    device: DeviceOption = None,
) -> None:
    """Run the service with the sample lifts, their recorded videos looped in real time as cameras.

    Prints one link that signs a browser in.
    """
    from service.commands.demo import run_demo  # noqa: PLC0415

    run_demo(host=host, port=port, data=data, model=model, device=device)


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
