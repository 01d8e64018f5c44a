"""Passages that an outage with an alarm of its own accounts for say nothing about the lift."""

import pytest

from lifts.decision.judge import unknown
from lifts.decision.reasons import Reason
from service.alarms.outages import OUTAGES, Outages
from service.domain.alarm import AlarmKind
from service.domain.health import Health

GONE, DARK = unknown(Reason.NO_FRAMES), unknown(Reason.DARK)
LOST = {(AlarmKind.CAMERA_LOST, "l", "no_frames")}


@pytest.mark.parametrize("reason", OUTAGES)
def test_an_outage_accounts_for_its_passages_until_another_comes(reason: Reason) -> None:
    """While its alarm stands, and for what is reported after its end; not for what comes later."""
    outages, kind = Outages(), OUTAGES[reason]
    place = None if kind is AlarmKind.WORKER_DOWN else "l"
    missed = unknown(reason)
    assert not outages.account_for("l", missed, ())
    assert outages.account_for("l", missed, {(kind, place, "x")})
    outages.reported(Health(kind, place, False, "over"))
    assert outages.account_for("l", missed, ())
    assert outages.account_for("l", missed, ())
    assert not outages.account_for("l", DARK, ())
    assert not outages.account_for("l", missed, ())


def test_gaps_without_an_alarm_and_other_lifts_outages_account_for_nothing() -> None:
    """A camera that stutters loses carriers and raises no `camera_lost`: their share must be told."""
    outages = Outages()
    outages.reported(Health(AlarmKind.CAMERA_LOST, "another", False, "over"))
    assert not outages.account_for("l", GONE, ())
    assert not outages.account_for("l", GONE, {(AlarmKind.CAMERA_LOST, "another", "no_frames")})
    assert not outages.account_for("l", DARK, LOST)


def test_a_lift_that_is_gone_is_forgotten() -> None:
    """One of the same name begins anew."""
    outages = Outages()
    outages.reported(Health(AlarmKind.CAMERA_LOST, "l", False, "over"))
    outages.forget("l")
    assert not outages.account_for("l", GONE, ())
