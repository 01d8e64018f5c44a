"""The README's figures are those that were measured, and a day's false alarms follow from them."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from ml.commands.common import RESULTS
from ml.report.headlines import CARRIERS_PER_HOUR, HOURS_PER_DAY, headlines

ROOT = RESULTS.parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
OPERATIONS = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
CONSOLE = (ROOT / "docs" / "console.md").read_text(encoding="utf-8")


def _events(**changes: Any) -> dict[str, Any]:
    return {
        "command": "barwatch x",
        "carriers": 200,
        "events": 50,
        "recordings": [{}, {}],
        "recall": 0.8,
        "recall_interval_95": [0.7, 0.9],
        "late": 9,
        "warned": 0,
        "called_unknown": 0,
        "silent": 1,
        "false_alarms": 2,
        "false_warnings": 4,
    } | changes


def test_false_alarms_are_given_per_day_with_the_arithmetic() -> None:
    """Ten per 1,000 carriers and 4,800 carriers a day are 48 a day; the interval likewise."""
    assert CARRIERS_PER_HOUR * HOURS_PER_DAY == 4800
    found = str(headlines({"events": _events()}))
    assert "**10.0 per 1,000 carriers** (2.7 to 35.7), about **48 a day** (13 to 171)" in found
    assert "8 hours of 600 carriers = 4,800 carriers, and 4,800 / 1,000 · 10.0 = 48" in found
    assert "lower priority, as the seat was unclear | **20.0 per 1,000 carriers**" in found


def test_lifts_set_up_by_an_operator_stand_first_and_give_the_false_alarms() -> None:
    """Thousands of carriers say more than hundreds; who was warned only is counted apart."""
    many = _events(carriers=2000, events=500, lifts=60, recall=0.99, false_alarms=2, late=1, warned=3)
    rows = str(headlines({"events": _events(), "events-enrolled": many})).splitlines()[2:]
    assert "set up as an operator does it | **99.0 %**" in rows[0]
    assert (
        "500 such carriers on 60 unseen lifts; the others: 1 alarmed too late, 3 alarmed with lower"
        in rows[0]
    )
    assert "**1.0 per 1,000 carriers**" in rows[2]
    assert "2 on 2,000 carriers" in rows[2]
    few = {"lifts": 58, "recall": 0.998, "false_alarms": 1, "false_warnings": 0}
    rows = str(
        headlines({"events-enrolled": {**many, "refused": {"place_uncertain": 2}, "armed": few}})
    ).splitlines()[2:]
    assert "on the 58 that the product arms 99.8 %" in rows[0]
    assert "; 1 of them on the lifts that the product arms; `" in rows[1]


def test_the_worst_figure_stands_first_and_says_what_became_of_the_rest() -> None:
    """Missed carriers stand above false alarms, with a reason for each that was not alarmed in time."""
    first, second = str(headlines({"events": _events()})).splitlines()[2:4]
    assert "**80.0 %** (70 to 90)" in first
    assert "the others: 9 alarmed too late, 1 without an alarm" in first
    assert second.startswith("| false alarms |")
    perfect = str(headlines({"events": _events(late=0, silent=0)}))
    assert "the others: none" in perfect


def test_a_line_that_is_known_has_a_row_of_its_own() -> None:
    """What was alarmed from a lift's first start stands first, then the same once its line is known."""
    known = _events(recall=0.95, recall_interval_95=[0.9, 0.99], late=0)
    rows = str(headlines({"events": _events(), "events-learnt": known})).splitlines()[2:]
    assert "from a lift's first start | **80.0 %**" in rows[0]
    assert "the line known from an earlier recording | **95.0 %** (90 to 99)" in rows[1]
    assert str(rows[2]).startswith("| false alarms |")


def test_lifts_on_which_nothing_was_chosen_are_given_first() -> None:
    """Where they were judged, the misjudged passages are theirs."""
    row, _ = headlines({"loco": _read("loco"), "final": _read("final")}).rows
    assert f"of {len(_read('final')['lifts'])} unseen lifts" in str(row[2])


def test_go_lifts_have_a_row_of_their_own_beside_all_lifts() -> None:
    """Lifts whose view cannot show the bar count in the first row only; the second says so."""
    result = _read("calibration-lifts")
    every, go = headlines({"final": result}).rows
    assert "960 passages of 60 unseen lifts" in str(every[2])
    views = result["views"]
    assert f"{views['refused']} of 60 lifts refused as NO-GO" in str(go[2])
    assert f"{views['verdicts']['per_passage']['judged']} passages of the {60 - views['refused']}" in str(
        go[2]
    )
    assert every[1] != go[1]


def test_what_was_not_measured_has_no_row() -> None:
    """A missing result leaves its row out instead of an invented figure."""
    assert not headlines({}).rows
    assert not headlines({"loco": {}}).rows


def _read(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((RESULTS / f"{name}.json").read_text(encoding="utf-8"))
    return found


def _factors() -> dict[str, dict[str, Any]]:
    return {row["factor"]: row for row in _read("benchmark-barwatch")["verdict_factors"]}


def _counts(name: str, what: str) -> dict[str, Any]:
    counts: dict[str, Any] = _read(name)["verdicts"][what]
    return counts | {"wrong": counts["open_called_closed"] + counts["closed_called_open"]}


def _with(factor: str) -> float:
    return 100 * float(_factors()[factor]["accuracy_with"])


def _seats(row: str) -> dict[str, Any]:
    counts: dict[str, Any] = _read("seats")["rows"][row]["verdicts"]["per_passage"]
    return counts


def _unclear(counts: dict[str, Any], seat: str) -> float:
    return 100 * float(counts[f"{seat}_unclear"] / counts[f"{seat}_seen"])


def _enrolment() -> dict[str, Any]:
    figures = _read("enrolment")
    at_s: dict[str, Any] = figures["at_s"]
    return figures | at_s


def _frames(what: str) -> dict[str, Any]:
    frames: dict[str, Any] = _read("console")[what]["dragging"]
    return frames


PROSE: dict[str, Callable[[], str]] = {
    "a new lift": lambda: (
        "{taps} taps, {drags} drag and {fields} fields to fill; the lift was armed {armed:.0f} s after the "
        "first connection to its camera".format(**_enrolment())
    ),
    "its first alarm": lambda: "was raised {raised_before_tf_s:.2f} s before it left".format(**_enrolment()),
    "another renderer": lambda: (
        "seen from behind, {wrong} of {judged} single pictures are called wrongly and "
        "{unknown} are unknown".format(**_counts("crosscheck", "per_picture"))
    ),
    "empty chairs": lambda: (
        "({empty_called_occupied} of {empty_seen} empty chairs on the unseen lifts;".format(
            **_counts("final", "per_passage")
        )
    ),
    "textured seats": lambda: "it is {empty_called_occupied} of {empty_seen}".format(**_seats("alone")),
    "a child alone": lambda: "{occupied_called_empty} of {occupied_seen} are overlooked,".format(
        **_seats("child")
    ),
    "people behind": lambda: "with people behind the bench {empty_called_occupied} of {empty_seen})".format(
        **_seats("behind")
    ),
    "unclear seats": lambda: (
        f"{_unclear(_counts('final', 'per_passage'), 'empty'):.0f} % of the empty chairs on the unseen "
        f"lifts, {_unclear(_seats('alone'), 'empty'):.0f} % before photographs"
    ),
    "a child, unclear": lambda: f"{_unclear(_seats('child'), 'occupied'):.0f} % are unclear",
    "half-lowered bars": lambda: (
        f"Bars on their way down: {_with('half-lowered bar'):.0f} % of such pictures are"
    ),
    "three-quarter rear": lambda: f"three-quarter rear {_with('view: three-quarter rear'):.1f} %",
    "three-quarter front": lambda: f"three-quarter front {_with('view: three-quarter front'):.1f} %",
    "side": lambda: f"side {_with('view: side'):.1f} %",
    "front": lambda: f"straight from the front {_with('view: front'):.1f} %",
    "grey": lambda: f"{_with('grey-scale camera'):.1f} % of grey pictures are judged correctly",
    "coloured": lambda: f"{100 * _factors()['grey-scale camera']['accuracy_without']:.1f} % of coloured ones",
}


@pytest.mark.parametrize("what", PROSE)
def test_each_figure_in_the_readmes_prose_is_a_measured_one(what: str) -> None:
    """A figure that stands in a sentence changes with the result that it comes from."""
    assert PROSE[what]() in " ".join(README.split())


IN_OPERATIONS: dict[str, Callable[[], str]] = {
    **{
        what: PROSE[what]
        for what in ("three-quarter rear", "three-quarter front", "side", "front", "coloured")
    },
    "night": lambda: (
        f"{_with('light: night'):.1f} % of pictures by night under lamps are judged correctly, "
        f"{100 * _factors()['light: night']['accuracy_without']:.1f} % by day"
    ),
    "grey": lambda: f"{_with('grey-scale camera'):.1f} % of grey pictures (infrared)",
    "another renderer": lambda: "{wrong} of {judged} pictures called wrongly".format(
        **_counts("crosscheck", "per_picture")
    ),
    "a carrier's bytes": lambda: (
        f"{_kilobytes('pictures_hidden'):.0f} kB and {_kilobytes('numbers'):.0f} kB beside it; "
        f"{_kilobytes('pictures'):.0f} kB where nobody is hidden"
    ),
    "a day's bytes": lambda: (
        f"a lift takes {4.8 * _kilobytes('pictures_hidden', 'numbers'):.0f} MB a day and "
        f"{8 * 4.8e-3 * _kilobytes('pictures_hidden', 'numbers'):.1f} GB in the 8 days"
    ),
    "all pictures": lambda: (
        "at most 200,000 passages keep their pictures, "
        f"{0.2 * _kilobytes('pictures_hidden', 'numbers'):.1f} GB"
    ),
}


def _kilobytes(*names: str) -> float:
    """What a carrier leaves on the disk (`barwatch evaluate-privacy`)."""
    return 1e-3 * sum(float(_read("privacy")["bytes_per_passage"][name]) for name in names)


@pytest.mark.parametrize("what", IN_OPERATIONS)
def test_each_figure_about_mounting_and_disks_is_a_measured_one(what: str) -> None:
    """Where docs/operations.md says how to mount a camera and how large a disk is, its figures change."""
    assert IN_OPERATIONS[what]() in " ".join(OPERATIONS.split())


IN_CONSOLE: dict[str, Callable[[], str]] = {
    "steps": lambda: (
        "the camera's picture after {looked:.0f} s, the track after {track:.0f} s, the picks after "
        "{picked:.0f} s, the masks after {drawn:.0f} s, armed after {armed:.0f} s".format(**_enrolment())
    ),
    "thought": lambda: "{think_s:.0f} s of thought before each tap".format(**_enrolment()),
    "first paint": lambda: "paints first after {median:.0f} ms".format(**_read("console")["first_paint_ms"]),
    "masks": lambda: "{per_s:.0f} frames a second while a mask's point is dragged".format(**_frames("masks")),
    "track": lambda: "{per_s:.0f} while a track's end is".format(**_frames("track")),
}


@pytest.mark.parametrize("what", IN_CONSOLE)
def test_each_figure_about_the_console_is_a_measured_one(what: str) -> None:
    """docs/console.md says what a set-up took, and how quick the page is; both change with the results."""
    assert IN_CONSOLE[what]() in " ".join(CONSOLE.split())


def test_a_new_lift_takes_less_than_five_minutes_and_its_first_alarm_is_in_time() -> None:
    """What was measured holds what is promised."""
    found = _enrolment()
    assert found["armed"] < 300
    assert found["state"] == "open"
    assert min(found["raised_before_tf_s"], found["shown_before_tf_s"]) > 0


def test_the_readme_is_read_in_a_few_minutes() -> None:
    """At most 150 lines."""
    assert len(README.splitlines()) <= 150


def test_the_lift_that_two_masks_judge_worst_is_named() -> None:
    """The limits tell of the worst unseen lift, and what its own passages add, once that is measured."""
    rights = [row["verdicts"]["per_picture"]["right_share"] for row in _read("loco")["lifts"]]
    text = " ".join(README.split())
    assert f"only {100 * min(rights):.0f} % of the pictures are judged correctly" in text
    measured = "verdicts" in _read("onsite")["rows"][0]
    assert ("not yet measured as verdicts" in text) is not measured
