"""The command line: what people type, and what machines read."""

import json
import os
import re
import socket
import sqlite3
import subprocess
import sys
from datetime import UTC, datetime
from functools import partial
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import pytest
from typer.testing import CliRunner

from lifts.decision.clusters import BimodalFit
from lifts.decision.site import SiteCalibration
from lifts.decision.verdict import Judgement, Verdict
from lifts.folder import LiftFolder, write_lift_folder
from lifts.schema import Lift, MaskPair
from service.cli import app
from service.domain.errors import BarwatchError
from service.domain.masks import SiteCalibrationVersion
from service.domain.people import Role
from service.domain.trials.candidate import Comparison
from service.host.folders.lock import FolderLock
from service.store import masks as stored_masks
from service.store import passages, site_calibrations, tokens
from service.store.database import Store
from service.store.records import PassageRecord
from service.store.trials import comparisons
from service.store.trials.comparisons import LIVE
from tests.tools.http_server import Quiet, web_server
from tests.tools.tiny_model import CLOSE_Y, OPEN_Y, draw_mask, draw_picture, png, release


@pytest.fixture(scope="session")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A released network that can be worked out by hand."""
    return release(tmp_path_factory.mktemp("model"))


@pytest.fixture
def runner(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> CliRunner:
    """A runner on a data folder of its own."""
    for name in [name for name in os.environ if name.startswith("BARWATCH_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("BARWATCH_DATA", str(tmp_path / "data"))
    return CliRunner()


@pytest.fixture
def drawings(tmp_path: Path) -> Path:
    """A folder with masks and pictures."""
    for name, image in {
        "open": draw_mask(OPEN_Y),
        "close": draw_mask(CLOSE_Y),
        "closed_picture": draw_picture(CLOSE_Y),
    }.items():
        (tmp_path / f"{name}.png").write_bytes(png(image))
    return tmp_path


def run(runner: CliRunner, *arguments: Any) -> Any:
    return runner.invoke(app, [str(argument) for argument in arguments])


COMMANDS = [
    "serve",
    "demo",
    "watch",
    "enroll",
    "lifts",
    "classify",
    "token",
    "token create",
    "render",
    "train",
    "export",
]


@pytest.mark.parametrize("command", ["", *COMMANDS])
def test_every_command_explains_itself(runner: CliRunner, command: str) -> None:
    """--help works everywhere, for ml's commands too."""
    result = run(runner, *command.split(), "--help")
    assert result.exit_code == 0, result.output
    assert "Usage" in result.output


def test_help_is_quick_and_loads_nothing_heavy() -> None:
    """The command line itself imports neither torch nor OpenCV nor the web framework."""
    code = (
        "import sys, service.cli; "
        "print([m for m in ('torch', 'cv2', 'numpy', 'fastapi', 'sqlalchemy', 'av') if m in sys.modules])"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"


def test_enroll_and_classify_on_a_data_folder(runner: CliRunner, drawings: Path, model: Path) -> None:
    """Two masks and one picture, without a running service: the answers of the REST calls."""
    result = run(
        runner,
        *("enroll", "my-lift", "--open", drawings / "open.png", "--close", drawings / "close.png"),
        *("--name", "My lift", "--model", model, "--json"),
    )
    assert result.exit_code == 0, result.output
    assert json.loads(result.stdout)["version"] == 1
    picture = drawings / "closed_picture.png"
    result = run(runner, "classify", "my-lift", picture, picture, "--model", model, "--json")
    assert result.exit_code == 0, result.output
    judged = json.loads(result.stdout)
    assert (judged["verdict"], len(judged["images"]), judged["occupied"]) == ("closed", 2, True)
    assert judged["seat"] == "occupied"
    result = run(runner, "classify", "my-lift", picture, "--model", model)
    assert result.stdout.startswith("closed (")
    assert result.stdout.endswith(", occupied\n")


def test_the_data_folder_of_a_running_service_can_be_enrolled_to(
    runner: CliRunner, drawings: Path, model: Path
) -> None:
    """The database has room for two writers; the service follows what is stored within seconds."""
    lock = FolderLock(drawings / "data")
    masks = ("--open", drawings / "open.png", "--close", drawings / "close.png")
    result = run(runner, "enroll", "my-lift", *masks, "--model", model)
    lock.release()
    assert result.exit_code == 0, result.output


def test_large_references_are_taken_on_a_data_folder(runner: CliRunner, drawings: Path, model: Path) -> None:
    """Whoever can run the command is an admin: the limit of callers without a token is not for them."""
    noise = np.random.default_rng(0).integers(0, 250, (200, 200, 3), dtype=np.uint8)
    large = drawings / "large.png"
    large.write_bytes(png(np.maximum(draw_picture(OPEN_Y), noise)))
    assert large.stat().st_size > 64_000
    masks = ("--open", drawings / "open.png", "--close", drawings / "close.png")
    result = run(runner, "enroll", "my-lift", *masks, "--reference-open", large, "--model", model)
    assert result.exit_code == 0, result.exception


@pytest.mark.thorough
def test_enroll_says_that_a_lift_without_a_camera_is_not_watched(
    runner: CliRunner, drawings: Path, model: Path, tmp_path: Path
) -> None:
    """And what to send; a lift with camera and track gets no such warning."""
    masks = ("--open", drawings / "open.png", "--close", drawings / "close.png")
    result = run(runner, "enroll", "my-lift", *masks, "--model", model)
    assert "nothing is watched without a camera's address" in result.stderr
    assert "a track" in result.stderr
    lines = json.loads(run(runner, "enroll", "my-lift", *masks, "--model", model, "--json").stdout)[
        "warnings"
    ]
    assert any("nothing is watched" in each for each in lines)
    pose = "x = 1.0\ny = 1.0\nscale = 1.0\n"
    places = [
        f"[track.{name}]\n{pose.replace('x = 1', f'x = {n}')}"
        for n, name in enumerate(("begin", "middle", "end"))
    ]
    camera = '[camera]\nurl = "rtsp://cam/"\nwidth = 640\nheight = 360\n'
    (tmp_path / "lift.toml").write_text(
        'id = "my-lift"\nname = "A"\n' + camera + "".join(places).replace("x = 2", "x = 99")
    )
    result = run(runner, "enroll", "my-lift", "--lift", tmp_path, "--model", model)
    assert result.exit_code == 0, result.exception
    assert "watched" not in result.stderr
    listed = run(runner, "lifts", "--model", model)  # beside a service that may well watch it
    assert listed.stdout.startswith("my-lift: camera: ask the service (--url), masks version 3")


class _Starting(Quiet, BaseHTTPRequestHandler):
    """A service that is not ready at first."""

    calls: ClassVar[list[str]] = []

    def _answer(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length", "0")))
        self.calls.append(self.command)
        ready = len(self.calls) > 2
        answer = {"warnings": [], "camera": {"url": "x"}, "track": {"begin": {}}}
        body = json.dumps(answer if ready else {"detail": "the model is being loaded"}).encode()
        self.send_response(200 if ready else 503)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self) -> None:
        self._answer()

    def do_POST(self) -> None:
        self._answer()


def test_enroll_waits_for_a_service_that_starts(
    runner: CliRunner, drawings: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Right after `serve &`: nobody listens yet, or the model is being loaded."""
    monkeypatch.setattr("service.commands.client.RETRY_S", 0.01)
    runner.env = {"BARWATCH_TOKEN": "token"}
    masks = ("--open", drawings / "open.png", "--close", drawings / "close.png")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    url = f"http://127.0.0.1:{port}"
    assert "cannot be reached" in failure(runner, "enroll", "a", *masks, "--url", url, "--wait", "0.05")
    _Starting.calls.clear()
    with web_server(_Starting) as port:
        url = f"http://127.0.0.1:{port}"
        assert "being loaded (503)" in failure(runner, "enroll", "a", *masks, "--url", url)
        result = run(runner, "enroll", "a", *masks, "--url", url, "--wait", "60", "--json")
    assert result.exit_code == 0, result.exception
    assert _Starting.calls == ["POST", "POST", "POST", "GET"]


def test_lifts_says_what_is_armed_and_what_is_missing(runner: CliRunner, drawings: Path, model: Path) -> None:
    """A line a lift, in words or as JSON; on a data folder the command finds it out itself."""
    masks = ("--open", drawings / "open.png", "--close", drawings / "close.png", "--model", model)
    assert run(runner, "enroll", "my-lift", *masks).exit_code == 0
    result = run(runner, "lifts", "--model", model)
    assert result.exit_code == 0, result.output
    assert result.stdout.startswith(
        "my-lift: no camera watched, masks version 1, quality not measured yet, not armed: confirmed so far"
    )
    found = json.loads(run(runner, "lifts", "--model", model, "--json").stdout)
    assert (found["id"], found["armed"], found["not_armed"]["reason"]) == ("my-lift", False, "not_confirmed")


@pytest.mark.thorough
def test_lifts_shows_site_calibrations_and_what_a_shadow_said(
    runner: CliRunner, drawings: Path, model: Path
) -> None:
    """With an ID: a line each; options put one in shadow, take it out, activate it; differences too."""
    masks = ("--open", drawings / "open.png", "--close", drawings / "close.png", "--model", model)
    assert run(runner, "enroll", "my-lift", *masks).exit_code == 0
    store = Store.open(drawings / "data")
    with store.reading() as session:
        enrolled = stored_masks.active(session, "my-lift")
    assert enrolled is not None
    judgement = Judgement(Verdict.CLOSED, 0.9, 0.5, True, 0.9, (), 1, enrolled.model)
    record = PassageRecord("p-1", "my-lift", 1, datetime.now(UTC), 0.0, 1.0, 2.0, judgement, ())
    site = SiteCalibration(BimodalFit(-0.5, 0.5, 0.1, 0.5))
    found = SiteCalibrationVersion(
        "my-lift", 0, 1, enrolled.model, site, (0.1,) * 7, 3, False, datetime.now(UTC)
    )
    store.write(partial(site_calibrations.add, found=found)).result()
    store.write(partial(passages.add, record=record)).result()
    store.close()
    started = run(runner, "lifts", "my-lift", "--shadow", "1", "--model", model)
    assert started.stdout == "1: in shadow, 7 carriers, 3 reviewed, no prototypes, no adapter\n", (
        started.output
    )
    said = Comparison("p-1", datetime.now(UTC), Verdict.CLOSED, 0.9, Verdict.OPEN, 0.75)
    store = Store.open(drawings / "data")
    keep = partial(comparisons.add, lift_id="my-lift", candidate=1, replay=LIVE, found=[said])
    store.write(keep).result()
    store.close()
    shown = run(runner, "lifts", "my-lift", "--shadow", "1", "--model", model)
    assert shown.exit_code == 0, shown.output
    assert shown.stdout == (
        "1: in shadow, 7 carriers, 3 reviewed, no prototypes, no adapter; "
        "in shadow 1 of 1 carriers judged differently\n"
        "   p-1: closed (90.0 %), in shadow open (75.0 %)\n"
    )
    assert run(runner, "lifts", "my-lift", "--end-shadow", "--model", model).stdout.startswith(
        "1: not in use"
    )
    active = run(runner, "lifts", "my-lift", "--activate", "1", "--model", model, "--json")
    assert json.loads(active.stdout)["active"] is True
    for wrong in (("--shadow", "1"), ("my-lift", "--shadow", "1", "--end-shadow")):
        assert "expected a lift's ID" in failure(runner, "lifts", *wrong, "--model", model)


def test_enroll_takes_a_whole_lift_folder(runner: CliRunner, tmp_path: Path, model: Path) -> None:
    """--lift sends configuration, masks and references of a folder."""
    lift = Lift.model_validate({"id": "my-lift", "name": "My lift", "seats": 4})
    masks = MaskPair(open=draw_mask(OPEN_Y), close=draw_mask(CLOSE_Y))
    folder = tmp_path / "folder"
    write_lift_folder(folder, LiftFolder(lift, masks, {"reference_open": draw_picture(OPEN_Y)}))
    result = run(runner, "enroll", "my-lift", "--lift", folder, "--model", model)
    assert result.exit_code == 0, result.output
    assert result.stdout.startswith(
        "my-lift: masks version 1, quality not measured yet, not armed: confirmed"
    )
    assert "describes lift 'my-lift'" in failure(
        runner, "enroll", "other", "--lift", folder, "--model", model
    )


def failure(runner: CliRunner, *arguments: Any) -> str:
    """Return what a command that must fail says: one clear line, which `main` prints."""
    result = run(runner, *arguments)
    assert isinstance(result.exception, BarwatchError), result.output
    lines = str(result.exception)
    assert "\n" not in lines
    return lines


def test_mistakes_are_reported_in_one_line(runner: CliRunner, drawings: Path, model: Path) -> None:
    """Missing files, swapped options, refused masks, unknown lifts, unreachable services: why, in words."""
    mask = drawings / "open.png"
    assert "nearly alike" in failure(runner, "enroll", "x", "--open", mask, "--close", mask, "--model", model)
    assert "cannot be read" in failure(runner, "enroll", "x", "--open", "/nope", "--close", mask)
    assert "--close" in failure(runner, "enroll", "x", "--open", mask)
    assert "no lift 'x'" in failure(runner, "classify", "x", mask, "--model", model)
    assert "one to twelve" in failure(runner, "classify", "x", *13 * [mask])
    assert "not both" in failure(runner, "classify", "x", mask, "--url", "http://x", "--data", "y")
    assert "BARWATCH_TOKEN" in failure(runner, "classify", "x", mask, "--url", "http://127.0.0.1:9")
    runner.env = {"BARWATCH_TOKEN": "secret-canary"}
    lines = failure(runner, "classify", "x", mask, "--url", "http://127.0.0.1:9")
    assert "cannot be reached" in lines
    assert "canary" not in lines
    assert "expected one of viewer, operator, admin" in failure(runner, "token", "create", "--role", "king")
    assert "manifest is missing" in failure(runner, "serve", "--model", "/nope.json")
    lines = failure(runner, "serve", "--engine", "ray", "--model", model)
    assert "BARWATCH_RAY_ADDRESS" in lines or "install the extra `ray`" in lines


def test_tokens_are_made_listed_and_revoked(runner: CliRunner, tmp_path: Path) -> None:
    """The token is printed once, alone on stdout; only its hash is in the data folder; revoking ends it."""
    made = run(runner, "token", "create", "--role", "operator", "--name", "liftie")
    token = made.stdout.strip()
    assert token.startswith("bw_")
    assert token.encode() not in (tmp_path / "data" / "barwatch.db").read_bytes()
    listed = json.loads(run(runner, "token", "list", "--json").stdout)
    assert (listed["name"], listed["role"], listed["state"]) == ("liftie", "operator", "active")
    store = Store.open(tmp_path / "data")
    try:
        with store.reading() as session:
            record = tokens.find(session, token)
        assert record is not None
        assert record.role is Role.OPERATOR
        assert run(runner, "token", "revoke", record.id).exit_code == 0
        with store.reading() as session:
            assert tokens.find(session, token) is None
    finally:
        store.close()


def test_what_a_machine_reads_holds_no_line_of_the_log(runner: CliRunner, tmp_path: Path) -> None:
    """What a command has to warn of goes to stderr: here a token's row that is damaged."""
    for name in ("good", "damaged"):
        run(runner, "token", "create", "--role", "viewer", "--name", name)
    with sqlite3.connect(tmp_path / "data" / "barwatch.db") as connection:
        connection.execute("UPDATE tokens SET role = 'x' WHERE name = 'damaged'")
    connection.close()
    listed = run(runner, "token", "list", "--json")
    assert json.loads(listed.stdout)["name"] == "good"
    assert "a stored record is damaged" in listed.stderr


def test_commands_of_missing_extras_say_how_to_get_them(tmp_path: Path) -> None:
    """Without ml, `train` names the extra; other wrong names are usage errors; neither shows a traceback."""
    code = (
        "import sys; sys.modules['ml'] = None; sys.modules['ml.cli'] = None\n"
        "sys.argv = ['barwatch', *sys.argv[1:]]\nimport service.cli; service.cli.main()"
    )
    for name, status, lines in (("train", 1, "barwatch[ml]"), ("frobnicate", 2, "No such command")):
        found = subprocess.run(
            [sys.executable, "-c", code, name], capture_output=True, text=True, check=False
        )
        assert found.returncode == status, found.stderr
        assert lines in found.stderr
        assert "Traceback" not in found.stderr


@pytest.mark.thorough
def test_the_benches_of_both_packages_share_one_group(runner: CliRunner) -> None:
    """`bench` holds ours and ml's; without ml ours still runs, and ml's say how to get them."""
    listed = run(runner, "bench", "--help").output
    assert all(name in listed for name in ("ingest", "embed", "render", "train"))
    code = (
        "import json, sys; sys.modules['ml'] = None; sys.modules['ml.cli'] = None\n"
        "import service.cli\n"
        "for words in json.loads(sys.argv.pop()):\n"
        "    sys.argv[:] = ['barwatch', 'bench', *words]\n"
        "    try:\n"
        "        service.cli.main()\n"
        "    except SystemExit as end:\n"
        "        print('status', end.code or 0, file=sys.stderr)\n"
    )
    asked = [["ingest", "--help"], ["embed"], ["frobnicate"]]
    found = subprocess.run(
        [sys.executable, "-c", code, json.dumps(asked)], capture_output=True, text=True, check=True
    )
    assert "Traceback" not in found.stderr
    lines = re.split(r"status (\d)\n", found.stderr)
    assert lines[1::2] == ["0", "1", "2"]
    assert lines[0] == ""
    assert "`barwatch bench embed` needs" in lines[2]
    assert "No such command" in lines[4]
