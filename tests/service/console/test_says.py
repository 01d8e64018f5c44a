"""Page and service tell an alarm in the same words: their rules are written twice, their texts once."""

import json
import re
import subprocess
from zoneinfo import ZoneInfo

import pytest

from service.console import build
from service.domain.alarm import AlarmKind
from service.domain.telling.alarms import message_of
from service.words.catalogue import LANGUAGES, Language, words_in
from tests.service.domain.telling.every import every, former
from tests.service.outputs.conftest import described

ZONE = "Europe/Paris"
SPACES = re.compile("[\xa0\u202f]")
ISOLATES = re.compile("[\u2068\u2069]")  # round English that a page in another language quotes


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_says_of_each_alarm_what_a_mail_says(built: None, language: Language) -> None:
    """All kinds with and without numbers, but for when the service was down: the page writes it shorter."""
    alarms = [alarm for alarm in (*every(), *former()) if alarm.kind is not AlarmKind.SERVICE_DOWN]
    (node, *_), environment = build.npm_program()
    told = subprocess.run(
        [node, "says.mjs", language, ZONE],
        cwd=build.HERE,
        env=environment,
        input=json.dumps([described(alarm) for alarm in alarms]),
        capture_output=True,
        text=True,
        check=True,
    )
    words = words_in(language, ZoneInfo(ZONE))
    by_mail = [SPACES.sub(" ", message_of(alarm, words)) for alarm in alarms]
    assert [SPACES.sub(" ", ISOLATES.sub("", said)) for said in json.loads(told.stdout)] == by_mail
