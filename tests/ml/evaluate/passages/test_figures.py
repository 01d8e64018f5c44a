"""What was found, worked by hand; and the command with a scripted watcher."""

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from ml.evaluate.passages import watching
from ml.evaluate.passages.figures import found, report, summary
from ml.evaluate.passages.halts import Halts
from ml.evaluate.passages.variants import VARIANTS
from ml.evaluate.watching import RenderedRecording
from ml.report.document import report_document
from ml.report.recordings import passages_section
from ml.report.summary import summary_table
from service import cli
from tests.ml.evaluate.test_events import carrier, line

RUN = CliRunner()


def five() -> list[dict[str, Any]]:
    return [carrier(10.0 * k, "open", True) for k in range(1, 6)]


def test_every_way_to_be_found() -> None:
    """Once and late at the start, once with no verdict, twice, not at all, once and late; and a ghost."""
    lines = [
        line(10.1, "open", True, decided=12.0),
        line(20.0, "unknown", True),
        line(30.0, "open", True),
        line(30.5, "open", True),
        line(45.0, "open", True),
        line(50.3, "open", True, decided=51.1),
    ]
    seen = found(five(), lines)
    assert (seen.carriers, seen.once, seen.missed, seen.twice, seen.ghosts) == (5, 3, 1, 1, 1)
    assert (seen.missed_at, seen.twice_at, seen.ghosts_at) == ([40.0], [30.0], [45.0])
    assert (seen.late_first, seen.first_found, seen.late_others, seen.others_found) == (1, 2, 1, 2)
    assert seen.unknown == 1
    assert seen.errors_s == pytest.approx([0.1, 0.0, 0.0, 0.3])


def test_a_stand_is_one_moment() -> None:
    """The line stands from 9.5 to 15.5 with its carrier half a second before middle."""
    halts = Halts(10.0, (95,), 60)
    truth = [{**carrier(10.0, "open", True), "t_middle": 16.0, "t_end": 17.0}, carrier(26.0, "open", True)]
    lines = [line(14.0, "open", True, decided=15.0), line(26.1, "open", True)]
    assert found(truth, lines, halts.to_old_time).errors_s == pytest.approx([0.5, 0.1])
    assert found(truth, [line(16.0, "open", True, decided=17.1)], halts.to_old_time).late_first == 1


def test_the_summary_adds_up() -> None:
    """Ten carriers, four found once and one twice; quantiles of all errors; Wilson's intervals."""
    one = found(five(), [line(10.1, "open", True), line(20.3, "open", True)])
    two = found(five(), [line(at, "open", True) for at in (10.0, 20.0, 30.0, 30.2)])
    total = summary([one, two])
    assert (total["carriers"], total["once"], total["missed"], total["twice"]) == (10, 4, 5, 1)
    assert total["missed_interval_95"] == pytest.approx([0.2366, 0.7634], abs=1e-3)
    assert total["error_s"] == pytest.approx({"median": 0.0, "p95": 0.26, "worst": 0.3})
    assert total["within"] == 0.8
    nothing = summary([found(five(), [])])
    assert nothing["within"] is nothing["error_s"]["worst"] is None


def test_the_tables_say_what_was_not_found() -> None:
    """A row a variant and one for all; the places of misses and ghosts; rows for the main table."""
    by = {"lift": "seed-10000", "recording": 1, "light": "sun"}
    whole = found(five(), [line(10.0 * k, "open", True) for k in range(1, 6)])
    poor = found(five(), [line(10.0 * k, "open", True) for k in range(1, 5)] + [line(35.0, "open", True)])
    result = report([("original", "as recorded", [(by, whole)]), ("half", "12.5 a second", [(by, poor)])])
    text = passages_section(result)
    assert "| original | 5 | 5: 100.00 (56.55 to 100.00) | 0: 0.00" in text
    assert "| **all** | 10 | 9: 90.00" in text
    assert "Missed, by recording and middle in seconds:\n\n- half: seed-10000/1 at 50.0\n" in text
    assert "- half: seed-10000/1 at 35.0\n" in text
    assert "PassageTally twice" not in text
    results = {"passages": {**result, "command": "barwatch x", "git_commit": "0" * 40}}
    assert "### Passages\n\n| variant | carriers |" in report_document(results, {})
    table = str(summary_table(results, {}))
    assert "5 carriers on 1 recordings of unseen lifts: as recorded | 100.00 % (56.55 to 100.00); " in table
    assert "the same: 12.5 a second | 80.00 %" in table
    assert "; 1 passages without a carrier | `barwatch x` |" in table
    empty = report([("original", "as recorded", [(by, found(five(), []))])])
    assert "within" not in str(summary_table({"passages": {**empty, "command": "barwatch x"}}, {}))


def test_sources_change_the_digest(tmp_path: Path) -> None:
    """Other bytes or another file in what finds passages, another digest; nothing else moves it."""
    for name in (
        "service/domain/frame.py",
        "service/station/watch.py",
        "service/line/movie.py",
        "lifts/schema.py",
    ):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("x = 1\n", encoding="utf-8")
    before = watching.sources(tmp_path)
    (tmp_path / "service" / "app.py").write_text("x = 1\n", encoding="utf-8")
    assert watching.sources(tmp_path) == before
    (tmp_path / "service" / "line" / "movie.py").write_text("x = 2\n", encoding="utf-8")
    assert watching.sources(tmp_path) != before
    assert len(watching.sources()) == 16


def test_the_command(tiny_recording: tuple[Path, RenderedRecording], monkeypatch: pytest.MonkeyPatch) -> None:
    """Two variants of one recording, watched once; a second run asks nothing again."""
    root, recording = tiny_recording
    asked: list[str] = []

    def stub(video: Path, lift: Path, model: Path) -> list[dict[str, Any]]:
        asked.append(video.name)
        assert (lift / "lift.toml").exists()
        return [line(1.5, "open", True), line(4.5, "closed", True), line(7.5, "open", True)]

    monkeypatch.setattr(watching, "watch_video", stub)
    words = ["evaluate-passages", "--lifts", "1", "--recordings", "1", "--carriers", str(recording.carriers)]
    words += ["--variants", "original", "--variants", "fps5", "--workers", "1", "--cache", str(root)]
    out = root / "passages.json"
    result = RUN.invoke(cli.app, [*words, "--json", "--out", str(out)])
    assert result.exit_code == 0, result.output
    result_json = json.loads(result.stdout)
    assert result_json == json.loads(out.read_text(encoding="utf-8"))
    assert asked == ["video.mp4", "video-fps5.mp4"]
    assert [(v["variant"], v["once"], v["missed"]) for v in result_json["variants"]] == [
        ("original", 3, 1),
        ("fps5", 3, 1),
    ]
    assert result_json["variants"][0]["recordings"][0]["missed_at"] == [10.52]
    assert result_json["all"]["carriers"] == 8
    assert result_json["sources"] == [watching.sources()]
    again = RUN.invoke(cli.app, words)
    assert again.exit_code == 0, again.output
    assert "| **all** | 8 | 6: 75.00" in again.stdout
    assert len(asked) == 2


def test_an_unknown_variant_is_refused() -> None:
    """The message names it and those there are."""
    result = RUN.invoke(cli.app, ["evaluate-passages", "--variants", "sideways"])
    assert result.exit_code == 2
    assert "sideways" in result.stderr
    assert next(iter(VARIANTS)) in result.stderr
