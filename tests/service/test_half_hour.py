"""Bearable rates, in real time: the demonstration runs for half an hour and nobody acknowledges anything."""

import os
import subprocess
from collections import Counter
from pathlib import Path

import httpx
import pytest

from tests.tools.processes import ADMIN_TOKEN, running

MINUTES = float(os.environ.get("BARWATCH_TEST_MINUTES", "30"))


@pytest.mark.slow
@pytest.mark.timeout(60 * MINUTES + 600)
def test_half_an_hour_of_the_demonstration_leaves_one_standing_group_per_lift(tmp_path: Path) -> None:
    """However many carriers leave open: one group per lift, which holds every open bar that stands.

    The same by a clock that is moved is in tests/service/alarms/timed/test_due.py.
    """
    headers = {"Authorization": f"Bearer {ADMIN_TOKEN}"}
    with running(tmp_path, "--data", str(tmp_path / "data"), command="demo") as service:
        with pytest.raises(subprocess.TimeoutExpired):  # it runs on
            service.process.wait(60 * MINUTES)
        with httpx.Client(base_url=service.url, headers=headers, timeout=120) as client:
            groups = client.get("/alarms/groups").raise_for_status().json()["items"]
            open_bars: dict[str, str | int] = {"standing": "true", "kind": "bar_open", "limit": 500}
            standing = client.get("/alarms", params=open_bars).raise_for_status().json()["items"]
    by_lift = Counter(group["lift_id"] for group in groups)
    assert by_lift
    assert max(by_lift.values()) == 1
    assert {alarm["group"] for alarm in standing} == {group["id"] for group in groups}
    assert sum(group["unacknowledged"] for group in groups) == len(standing)
