"""The resort's clock, shifts and season, as settings."""

from __future__ import annotations

from pathlib import Path

import pytest

from service.domain.errors import ConfigurationError
from service.host.clocks.zones import machine_zone
from service.settings import load_settings


def test_what_is_set_is_what_reports_use() -> None:
    """Several shifts, a zone by its name, a season that begins in the southern winter."""
    settings = load_settings(time_zone="Europe/Zurich", shifts="08:00-12:30,12:30-17:00", season_from="06-01")
    assert settings.calendar().zone.key == "Europe/Zurich"
    assert settings.calendar().season_from == (6, 1)
    assert [str(one) for one in settings.shift_hours()] == ["08:00-12:30", "12:30-17:00"]


@pytest.mark.parametrize(
    ("name", "value"),
    [("time_zone", "Mars/Olympus"), ("time_zone", "../etc"), ("shifts", "8-16"), ("shifts", ""),
     ("season_from", "02-29"), ("season_from", "13-01")],
)  # fmt: skip
def test_what_no_clock_knows_is_refused(name: str, value: str) -> None:
    """With the setting's name, at the start."""
    with pytest.raises(ConfigurationError, match=f"BARWATCH_{name.upper()}"):
        load_settings(**{name: value})


def test_the_machines_zone_has_a_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """By TZ, else by what /etc/localtime points to, else UTC."""
    monkeypatch.delenv("TZ", raising=False)
    link = tmp_path / "localtime"
    link.symlink_to("/usr/share/zoneinfo/America/St_Johns")
    assert machine_zone(link).key == "America/St_Johns"
    assert machine_zone(tmp_path / "missing").key == "UTC"
    monkeypatch.setenv("TZ", "Asia/Tehran")
    assert machine_zone(link).key == "Asia/Tehran"
