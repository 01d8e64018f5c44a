"""What an alarm says in a reader's language, from its codes and numbers; the page follows the same rules.

In English that is what the service recorded, wherever the record says more. In other languages an alarm of an
earlier version, which has no numbers, is told in general, with its record quoted as evidence.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from service.domain.alarm import CHATTERING, SEAT_UNCLEAR, Alarm, AlarmKind, Severity
from service.words.catalogue import ENGLISH, Text, Words

_LISTS = {"reasons": "reasons", "checks": "selfTestChecks"}
"""Parameters that are codes, with commas between them, and where their words are."""


def kind_of(alarm: Alarm, words: Words) -> str:
    """Return what has happened, in a word or two; an open bar with an unclear seat is said to be one."""
    if alarm.kind is AlarmKind.BAR_OPEN and alarm.cause == SEAT_UNCLEAR:
        return words.say("alarms.seatUnclear", {})
    return str(words["alarmKinds"][alarm.kind])


def message_of(alarm: Alarm, words: Words) -> str:
    """Return the alarm's message in the language of the words."""
    parameters = {name: _written(name, value, words) for name, value in alarm.parameters.items()}
    said = words.fitting([*_texts(alarm, words)], parameters)
    if said is None:
        return _recorded(alarm, words)
    if alarm.kind is AlarmKind.SELF_TEST:
        return words.say("alarms.tested", {"message": said})
    if times := alarm.parameters.get(CHATTERING):
        return words.say("alarms.chatters", {"message": said, "times": times})
    return said


def _texts(alarm: Alarm, words: Words) -> Iterator[Text]:
    """Give the texts that could say it, the fullest first."""
    kind, cause, parameters = alarm.kind, alarm.cause, alarm.parameters
    if kind in {AlarmKind.BAR_OPEN, AlarmKind.SELF_TEST}:
        number = "many" if float(parameters.get("carriers", 1)) > 1 else "one"
        yield words["openBars"][number]["occupied" if alarm.severity is Severity.CRITICAL else "unclear"]
        return
    if kind is AlarmKind.SERVICE_DOWN:
        yield words.sentence("alarms.notWatched")
    variant = "output_partly" if "partly" in parameters else kind.value
    variant = "output_set_aside" if "set_aside" in parameters else variant
    machine = words["machineTroubles"].get(variant if kind is AlarmKind.OUTPUT_FAILED else cause)
    if machine is not None:
        yield machine
    yield from words["troubles"].get(cause, ())
    if words.language != ENGLISH:
        of_lift = kind.value if alarm.lift_id is None else f"{kind.value}_of_lift"
        for name in (cause, of_lift, kind.value):
            yield from words["alarmSays"].get(name, ())


def _recorded(alarm: Alarm, words: Words) -> str:
    if words.language == ENGLISH:
        return alarm.message
    what = words["causes"].get(alarm.cause) or words["reasons"].get(alarm.cause) or kind_of(alarm, words)
    return words.say("alarms.recorded", {"what": what, "message": alarm.message})


def _written(name: str, value: float | str, words: Words) -> float | str:
    """Return a parameter as it is put into a text: codes in words, moments by the resort's clock."""
    if isinstance(value, str) and name in _LISTS:
        table = words[_LISTS[name]]
        return ", ".join(table.get(code, code) for code in value.split(", "))
    if isinstance(value, str) and name in {"since", "until"}:
        return words.moment(datetime.fromisoformat(value))
    return value
