"""A camera's password in clear is refused everywhere, whatever its characters, and is written nowhere."""

import io
import json
import logging
import random
from pathlib import Path
from typing import Any

import pytest
import structlog
from typer.testing import CliRunner

from lifts.errors import LiftError
from lifts.folder import read_lift
from service.cli import app
from service.domain.errors import BarwatchError, ConfigurationError
from service.host.logs import set_up_logging
from service.store import lifts
from service.store.tables import LiftRow
from service.usecases.demonstration import enrol_samples
from service.usecases.samples import sample_folders
from tests.service.api.conftest import House, _plain_logs, make_house

__all__ = ["_plain_logs", "make_house"]

CANARY = "Canary"
CHARACTERS = "/#?@:%\\ &;=+,|<>\"'`^~[]{}$!*()\tä€😀\uff20"


def addresses(count: int) -> list[str]:
    """Camera addresses with passwords of odd characters in clear, the same ones on every run."""
    chance = random.Random(5)
    passwords = [f"{CANARY}{character}1" for character in CHARACTERS]
    passwords += [CANARY + "".join(chance.choices(CHARACTERS + "a1", k=6)) for _ in range(count)]
    shapes = ("rtsp://admin:{}@cam/live", "http://admin:{}@cam/live", "rtsp://{}@cam:554/", "admin:{}@cam/")
    return [chance.choice(shapes).format(password) for password in passwords]


def toml(address: str) -> str:
    return f'id = "my-lift"\nname = "A"\n[camera]\nwidth = 640\nheight = 360\nurl = {json.dumps(address)}\n'


@pytest.mark.fault(20)
def test_the_api_refuses_and_repeats_none(make_house: Any, caplog: pytest.LogCaptureFixture) -> None:
    """422 for either stream; neither the answer, nor the lists, nor the log, nor the database holds it."""
    house: House = make_house(allow_file_cameras=True)
    with caplog.at_level(logging.DEBUG):
        for address in addresses(12):
            for streams in ({"url": address}, {"url": "rtsp://cam/main", "substream": address}):
                camera = {**streams, "width": 640, "height": 360}
                answer = house.call("PUT", "/lifts/my-lift", json={"name": "A", "camera": camera})
                assert answer.status_code == 422, address
                assert CANARY not in answer.text
    assert CANARY not in house.call("GET", "/lifts").text + house.call("GET", "/metrics").text + caplog.text
    stored = b"".join(path.read_bytes() for path in house.runtime.settings.data.glob("barwatch.db*"))
    assert CANARY.encode() not in stored


def test_what_an_earlier_version_stored_is_out_of_service_and_not_shown(make_house: Any) -> None:
    """A row with a password that slipped past an earlier check: its lift is invalid, with a reason."""
    house: House = make_house()
    assert house.call("PUT", "/lifts/my-lift", json={"name": "A"}).status_code == 201
    config = {
        "id": "my-lift",
        "name": "A",
        "camera": {"url": f"rtsp://admin:{CANARY}/1@cam/", "width": 640, "height": 360},
    }
    house.store.write(lambda session: setattr(session.get(LiftRow, "my-lift"), "config", config)).result()
    with house.store.reading() as session:
        reason = lifts.invalid(session)["my-lift"]
    assert "${NAME}" in reason
    answer = house.call("GET", "/lifts/my-lift")
    assert answer.status_code == 409
    assert CANARY not in reason + answer.text


@pytest.mark.fault(20)
def test_the_command_line_refuses_and_repeats_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """lift.toml is read by enroll, watch and calibrate alike."""
    monkeypatch.setenv("BARWATCH_DATA", str(tmp_path / "data"))
    folder, runner = tmp_path / "lift", CliRunner()
    folder.mkdir()
    (tmp_path / "video.mp4").write_bytes(b"")
    for address in addresses(10):
        (folder / "lift.toml").write_text(toml(address), encoding="utf-8")
        with pytest.raises(LiftError) as refused:
            read_lift(folder / "lift.toml")
        assert CANARY not in str(refused.value)
    masks = ["--open", str(folder / "open.png"), "--close", str(folder / "open.png")]
    (folder / "open.png").write_bytes(b"")
    for command in (
        ["enroll", "my-lift", "--lift", str(folder), *masks],
        ["watch", str(tmp_path / "video.mp4"), "--lift", str(folder)],
    ):
        result = runner.invoke(app, command)
        assert isinstance(result.exception, BarwatchError)
        assert "${NAME}" in str(result.exception)
        assert CANARY not in str(result.exception) + result.output
    (folder / "open.png").unlink()
    result = runner.invoke(app, ["calibrate", str(tmp_path / "video.mp4"), "--out", str(folder)])
    assert isinstance(result.exception, BarwatchError)
    assert CANARY not in str(result.exception) + result.output


def test_the_demonstration_refuses_one(make_house: Any) -> None:
    """`demo --cameras` refuses it too."""
    house: House = make_house()
    with pytest.raises(ConfigurationError, match=r"\$\{NAME\}") as refused:
        enrol_samples(house.runtime, sample_folders()[:1], f"rtsp://admin:{CANARY}#1@cam")
    assert CANARY not in str(refused.value)


@pytest.mark.fault(20)
@pytest.mark.parametrize("as_json", [True, False])
def test_no_log_line_holds_one(as_json: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nor does a library's exception with an address in it, traceback included; JSON stays JSON."""
    message = f"[Errno 5] rtsp://admin:{CANARY} /#?@1@cam.example/live"
    written = io.StringIO()
    monkeypatch.setattr("sys.stderr", written)
    before = structlog.get_config()
    set_up_logging("info", as_json)
    try:
        for log in (structlog.get_logger("ours"), logging.getLogger("theirs")):
            try:
                raise OSError(message)
            except OSError as error:
                log.error(message, exc_info=error)
    finally:
        structlog.configure(**before)
    lines = written.getvalue()
    assert lines.count("OSError: [Errno 5] rtsp://***@cam.example/live") == 2
    assert CANARY not in lines
    if as_json:
        assert all(json.loads(line)["level"] == "error" for line in lines.splitlines())
