"""The command line: `barwatch …`. A command's module is imported when it is called: --help is quick."""

from __future__ import annotations

import sys
from importlib.metadata import version
from typing import Annotated

import typer

from service.commands.lazy import Entries, LazyGroup, with_packages
from service.domain.errors import BarwatchError

COMMANDS: Entries = {
    "serve": (
        "service.commands.serve:serve",
        "Run the service: API, console, cameras and the embedder's worker.",
    ),
    "node": (
        "service.commands.node:node",
        "Lend this machine to a cluster: run Ray's processes until a signal ends them.",
    ),
    "demo": (
        "service.commands.demo:demo",
        "Run the service with the sample lifts, their recorded videos looped in real time as cameras.",
    ),
    "watch": (
        "service.commands.watch:watch",
        "Run the whole path over a file, as fast as it goes: one line per carrier.",
    ),
    "calibrate": (
        "service.commands.calibrate:calibrate",
        "Propose a lift's track from a video of three carriers or more; prints it, or writes it to --out.",
    ),
    "probe": (
        "service.commands.probe:probe",
        "Open a camera once: its picture, size, rate, codec and delay.",
    ),
    "enroll": (
        "service.commands.lifts:enroll",
        "Enrol a lift with two masks: drawings of the bar, white on black, open and closed.",
    ),
    "lifts": (
        "service.commands.lifts:lifts",
        "List the lifts: camera, masks, and whether each is armed; if not, why, and what to do.",
    ),
    "classify": ("service.commands.lifts:classify", "Judge one passage: is the bar open or closed?"),
    "self-test": (
        "service.commands.trials.selftest:self_test",
        "Test a lift now: recorded passages down the live path, the camera's view, the outputs.",
    ),
    "replay": (
        "service.commands.trials.replay:replay",
        "Judge stored passages again by other masks, a site calibration or a model; decide nothing.",
    ),
    "verify": (
        "service.commands.upkeep.verify:app",
        "Check database, pictures or a pack offline; the first broken link is named, and the exit code is 1.",
    ),
    "backup": (
        "service.commands.upkeep.backup:backup",
        "Save the data folder into one file, also while the service runs; prints the file's name.",
    ),
    "restore": (
        "service.commands.upkeep.backup:restore",
        "Put a backup into a data folder that no service uses. Nothing is overwritten.",
    ),
    "migrate-data": (
        "service.commands.upkeep.migrate_data:migrate_data",
        "Move the database from SQLite to PostgreSQL; the service stops only for the last step.",
    ),
    "token": ("service.commands.people.token:app", "API tokens."),
    "user": ("service.commands.people.user:app", "People."),
    "bench": {
        "": "Speed of the parts, measured on this machine.",
        "ingest": (
            "service.commands.bench:ingest",
            "What cameras cost: processor, memory and delay, on a sample lift's recording.",
        ),
        "passage": (
            "service.commands.bench:passage",
            "What a passage costs that is judged by a dozen pictures, against three.",
        ),
        "carry": (
            "service.commands.bench:carry",
            "Whether so many cameras are carried: they run, and no verdict is late. Exit status 1 if one is.",
        ),
        "store": (
            "service.commands.upkeep.bench:store",
            "What alarms, pages, the list of lifts and the start take, with few passages and with many.",
        ),
        "clips": (
            "service.commands.upkeep.bench:clips",
            "What holding a camera's last packets for clips costs: processor's time and memory.",
        ),
        "embedders": (
            "service.commands.upkeep.embedders:embedders",
            "What a call of a cluster's embedder costs, in batches and one by one, beside this machine's.",
        ),
        "load": (
            "service.commands.upkeep.load:load",
            "What the whole service takes with so many cameras and open pages, and how late it is.",
        ),
    },
}
"""Each command's module and the first line of its docstring."""


class Barwatch(LazyGroup):
    """All commands: the service's, and those of installed packages."""

    entries = with_packages(COMMANDS)


app = typer.Typer(
    name="barwatch",
    cls=Barwatch,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Watches chairlift boarding stations and raises an alarm for every carrier that leaves with its "
    "safety bar open.",
)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"barwatch {version('barwatch')}")
        raise typer.Exit


@app.callback()
def _root(
    _: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    from service.host.logs import set_up_logging  # noqa: PLC0415 - not for --help

    set_up_logging("warning", as_json=False)  # to stderr, no password in it: stdout is the command's answer


def main() -> None:
    """Run the command line; an error is one line on stderr and exit code 1 (2: wrong usage)."""
    try:
        app()
    except BarwatchError as error:
        print(f"barwatch: {error}", file=sys.stderr)  # noqa: T201 - the command line speaks to people
        raise SystemExit(1) from None


if __name__ == "__main__":
    main()
