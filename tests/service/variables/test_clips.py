"""Whether alarms have clips, and for how long, by what is set."""

import pytest

from service.domain.evidence.clip import NoClip
from service.settings import Settings


@pytest.mark.parametrize(
    ("given", "none", "days"),
    [
        ({}, NoClip.HIDDEN, 3.0),
        ({"clips": "on"}, None, 3.0),
        ({"clips": "on", "retention_alarm_days": 2}, None, 2.0),
        ({"clips": "on", "retention_clip_days": 10}, None, 10.0),
        ({"privacy": "none"}, None, 30.0),
        ({"privacy": "none", "retention_clip_days": 90}, None, 30.0),
        ({"privacy": "none", "clips": "off"}, NoClip.OFF, 30.0),
    ],
)
def test_clips_are_off_while_people_are_hidden(
    given: dict[str, object], none: NoClip | None, days: float
) -> None:
    """Unless somebody decides otherwise; then for three days, or as was decided, never past alarms."""
    rules = Settings.model_validate(given).rules_of_clips()
    assert (rules.none, rules.max_age_days, rules.most_bytes) == (none, days, 10_000_000_000)


def test_a_lift_that_says_itself_whether_people_are_hidden_has_clips_accordingly() -> None:
    """Hidden on one lift of a service that hides nobody: it has none, and the other way round."""
    shown, hidden = Settings(privacy="none"), Settings(privacy="blur")
    assert shown.rules_of_clips("blur") == hidden.rules_of_clips()
    assert hidden.rules_of_clips("none") == shown.rules_of_clips()
    assert hidden.rules_of_clips().none is NoClip.HIDDEN
