"""A run in words: what stands in the table, with and without its parts."""

from typing import Any

import numpy as np

from service.bench.delay import lateness, quantiles
from service.bench.table import BEFORE, ON_DEVICE, carried, markdown, said

SPREAD = {"p5": 1.1, "median": 1.2, "p95": 1.3}
ROW: dict[str, Any] = {
    "name": "720p25",
    "mbit_per_s": 2.04,
    "decoding_ms": 40.0,
    "whole_ms": 48.0,
    "ratio": SPREAD,
    "slices": 10,
    "seconds": 56.0,
    "passages": 10,
    "judging_ms": 2.0,
    "judging_ms_per_passage": 11.0,
    "ratio_with_judging": SPREAD,
    "start": {"seconds": 22.4, "whole_ms": 300.0, "ratio": 7.0, "worst_slice_ms": 900.0, "slice_s": 0.8},
    "capacity": {"counted": 40},
}


def test_costs_are_told_with_their_spread() -> None:
    """The whole path, with judgement, at the start, and how many cameras that makes."""
    found = said({"cameras": [ROW]})
    assert [measured for _, measured in found] == [
        "48 ms; 1.20 times (1.10 to 1.30) decoding alone, 40 ms; 10 slices in 56 s",
        "50 ms; 1.20 times (1.10 to 1.30) decoding alone; 11 ms per passage",
        "300 ms; 7.00 times decoding alone; at most 900 ms for 0.8 s of camera",
        "40 by the processor's time",
    ]
    assert found[0][0].endswith("720p25, 2.0 Mbit/s H.264, line learnt: processor per second of camera")
    others = {"reading it with OpenCV": {"ms": 60.0, "ratio": SPREAD}}
    others |= {BEFORE: {"ms": 58.0, "ratio": SPREAD, "start_ratio": 8.0}}
    others |= {"FFmpeg's program": {"ms": 41.0, "ratio": {"median": 1.02}}}
    assert [measured for _, measured in said({"cameras": [ROW | {"others": others}]})[3:6]] == [
        "60 ms; 1.20 times (1.10 to 1.30) decoding alone",
        "58 ms; 1.20 times (1.10 to 1.30) decoding alone; 8.00 times while the line is learnt",
        "41 ms; 1.02 times decoding alone",
    ]
    without = ROW | {"passages": 0, "start": {"seconds": 0.0}}
    assert len(said({"cameras": [without]})) == 2


def test_cameras_that_were_run_memory_and_delay_have_their_rows() -> None:
    """Each try; what each further process adds; median and 99th percentile."""
    tries = [
        {"cameras": 40, "frames_dropped": 3, "seconds": 20.0},
        {"cameras": 36, "frames_dropped": 0, "seconds": 20.0},
    ]
    row = ROW | {
        "capacity": {"counted": 40, "carried": 36, "learnt_s": 70.0, "tries": tries},
        "memory": {"learnt": True, "first_mb": 100.0, "added_mb": [41.4, 40.2]},
    }
    delay = {"cameras": 8, "frames_dropped": 0} | quantiles(np.linspace(0.1, 0.2, 101))
    found = dict(said({"cameras": [row], "delay": delay}))
    assert found["cameras that 2 cores carry in real time, 720p25"] == (
        "40 by the processor's time; 40 run, 3 frames dropped in 20 s; 36 run, 0 frames dropped in 20 s; "
        "all lines learnt after 70 s"
    )
    assert found["memory that each further camera's process adds, 720p25"] == (
        "41, 40 MB; the first, with what all share, 100 MB"
    )
    earlier = {"learnt": False, "first_mb": 140.0, "added_mb": [60.6]}
    row["memory"] |= {"before": earlier}
    assert dict(said({"cameras": [row]}))["memory that each further camera's process adds, 720p25"] == (
        "41, 40 MB; the first, with what all share, 100 MB; with the earlier code: 61 MB; the first, with "
        "what all share, 140 MB; not all lines were learnt in time, which takes more"
    )
    last = list(found.values())[-1]
    assert last == ("median 150 ms, 99th percentile 199 ms, longest 200 ms; 101 passages, 0 frames dropped")
    late = ROW | {"capacity": {"counted": 40, "carried": 0, "learnt_s": None, "tries": []}}
    assert (
        "not all learnt their lines in time"
        in dict(said({"cameras": [late]}))["cameras that 2 cores carry in real time, 720p25"]
    )


def test_hardware_has_a_row_where_there_is_none() -> None:
    """So that nobody takes what a processor does for what a device would."""
    rows = said({"cameras": [ROW | {"device": "none"}]})
    assert [measured for what, measured in rows if what.startswith(ON_DEVICE)] == ["no device"]


def test_no_passages_have_no_delay() -> None:
    """Without measurements there is no text."""
    nothing = quantiles(np.zeros(0))
    assert nothing["judged"] == 0
    assert said({"cameras": [], "delay": {"cameras": 8, "learnt_s": 40.0, **nothing}})[0][1] == "no passage"


def test_the_table_begins_with_the_machine() -> None:
    """Without it no figure is worth anything."""
    machine = {"cpu": "Some CPU", "cores": 2, "load_average_1min": 0.5}
    machine |= {"av": "18.0", "opencv": "4.12", "torch": "2.13.0"}
    lines = markdown({"machine": machine, "said": [("what", "this much")]}).splitlines()
    assert lines[0].startswith("Some CPU, 2 cores (load at the start 0.5), PyAV 18.0")
    assert lines[-1] == "| what | this much |"


def test_what_is_carried_tells_late_verdicts_from_those_in_time() -> None:
    """One of three came 0.1 s after its carrier was at TF: it is counted, and no time is left of it."""
    run = {"cameras": 20, "cores": 2, "seconds": 600.0, "frames_dropped": 0, "unknown": 1, "whole_ms": 55.0}
    row = run | {"judged": 3}
    assert carried(row | lateness(np.array([0.2, -0.1, 0.15]))) == (
        "20 cameras 720p25 on 2 cores for 600 s: 3 verdicts, 1 late, the last of the others 0 ms before TF; "
        "1 unknown, 0 frames dropped, 55 ms of a core each per second"
    )
    assert "150 ms before TF" in carried(row | lateness(np.array([0.2, 0.15])))
    assert carried(run | {"judged": 0} | lateness(np.array([]))) == "20 cameras: no verdict within 600 s"


def test_a_standing_line_has_a_row() -> None:
    """With and without what is left out, and how much that was."""
    standing = {"seconds": 24.0, "left_out": 576, "decoding_ms": 11.0, "ms": 3.2, "ratio": SPREAD}
    found = dict(said({"cameras": [ROW | {"standing": standing | {"whole_ratio": SPREAD}}]}))
    assert found["a camera of one stream that encodes by quality, its line standing, 720p25"] == (
        "3.2 ms; 1.20 times (1.10 to 1.30) decoding alone, 11 ms; 1.20 times (1.10 to 1.30) with all "
        "decoded; 576 pictures left out in 24 s"
    )
