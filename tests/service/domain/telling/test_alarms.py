"""What an alarm says in each language: whole, without English, by codes and numbers alone."""

from __future__ import annotations

import re
from zoneinfo import ZoneInfo

import pytest

from service.domain.alarm import AlarmKind
from service.domain.telling.alarms import kind_of, message_of
from service.words.catalogue import LANGUAGES, PLACE, Language, words_in
from tests.service.domain.telling.every import RECORD, SAID, every, former

ENGLISH = re.compile(
    r"\b(the|and|of|is|are|were|not|no|with|from|for|this|alarms?|carriers?|lifts?|open|closed|bar|lost)\b"
)
"""Words that stand in nearly every English sentence, and in none of the other languages (but for "bar")."""

QUOTED = re.compile(r"“[^”]*”|„[^“]*“|«[^»]*»|/mnt/nas is not mounted")
"""What is quoted as it was recorded, and a reason that the machine itself gave."""

PARIS = ZoneInfo("Europe/Paris")


def test_every_kind_and_every_text_is_among_them() -> None:
    """A kind that is added comes without words in no language, and no text lies there that nobody says."""
    assert {kind for kind, _, _ in SAID} == set(AlarmKind)
    words = words_in("de")
    causes = {cause for _, cause, _ in SAID}
    kinds = {kind.value for kind in AlarmKind} | {"output_partly", "output_set_aside", "worker_down_of_lift"}
    assert set(words["machineTroubles"]) <= causes | kinds
    assert set(words["troubles"]) <= causes
    assert set(words["alarmSays"]) <= causes | kinds


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_alarm_is_told_whole_in_each_language(language: Language) -> None:
    """No place is left, no English but what is quoted, and each says something of its own."""
    words = words_in(language, PARIS)
    told = [message_of(alarm, words) for alarm in every()]
    for alarm, message in zip(every(), told, strict=True):
        assert not PLACE.search(message), message
        if language == "en":
            continue
        assert RECORD not in message, message
        assert not ENGLISH.search(QUOTED.sub("", message)), message
        assert not ENGLISH.search(kind_of(alarm, words).lower()), alarm.kind
    assert len(set(told)) >= len(told) - (language == "en") * 10  # in English some are what was recorded


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_alarm_without_numbers_is_told_in_general_with_its_record(language: Language) -> None:
    """Of an earlier version: in English its record; else a sentence, and the record where that says more."""
    words = words_in(language, PARIS)
    for alarm in former():
        message = message_of(alarm, words)
        assert not PLACE.search(message), message
        if language == "en":
            continue
        assert message != RECORD
        assert not ENGLISH.search(QUOTED.sub("", message)), message
    old = next(alarm for alarm in former() if alarm.kind is AlarmKind.BAR_OPEN)
    said = {
        "en": RECORD,
        "fr": f"Garde-corps ouvert. Consigné en anglais\xa0: «\xa0{RECORD}\xa0»",
        "de": f"Bügel offen. Aufgezeichnet auf Englisch: „{RECORD}“",
        "it": f"Barra aperta. Registrato in inglese: «{RECORD}»",
    }
    assert message_of(old, words) == said[language]


def test_numbers_and_times_in_messages_are_the_languages_and_the_resorts() -> None:
    """A share with its comma, a rate with its own, a moment by the clock of the resort."""
    alarms = every()
    words = words_in("de", PARIS)
    said = " | ".join(message_of(alarm, words) for alarm in alarms)
    for part in ("98,7\xa0%", "31.01.2026, 09:00:00 MEZ", "zu dunkel, das Kamerabild", "12,5 "):
        assert part in said, part
