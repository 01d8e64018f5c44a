"""The words of each language: whole, alike in their places, and written as people there write."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

import service
import service.words.catalogue
from lifts.decision.arming import ArmingReason
from lifts.decision.reasons import Reason
from lifts.decision.verdict import Seat, Verdict
from service.domain.alarm import AlarmKind, AlarmState, Severity
from service.domain.errors import SourceProblem
from service.figures.watching import WatchState
from service.words.catalogue import LANGUAGES, PLACE, Language, translated, wished, words_in

FOLDER = Path(service.words.catalogue.__file__).parent
OTHERS = [language for language in LANGUAGES if language != "en"]


def _texts(node: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """Each text with its path; the plural forms of one text are one, for languages have other forms."""
    if isinstance(node, str):
        yield path, node
    elif isinstance(node, list):
        for number, part in enumerate(node):
            yield from _texts(part, f"{path}[{number}]")
    elif "other" in node:
        assert all(node.values()), path
        yield path, node["other"]
    else:
        for name, part in node.items():
            yield from _texts(part, f"{path}/{name}")


def _all(language: Language) -> dict[str, str]:
    files = sorted((FOLDER / language).iterdir())
    return {
        f"{file.name}{path}": text
        for file in files
        for path, text in _texts(json.loads(file.read_text(encoding="utf-8")))
    }


@pytest.mark.parametrize("language", OTHERS)
def test_no_text_lacks_a_language_or_a_place(language: Language) -> None:
    """Each has what English has, with the same places; and what is a sentence is not English."""
    english, theirs = _all("en"), _all(language)
    assert theirs.keys() == english.keys()
    for path, text in english.items():
        found = theirs[path]
        assert sorted(PLACE.findall(found)) == sorted(PLACE.findall(text)), path
        assert found.strip(), path
        if found == text:
            assert len(re.findall(r"\b[a-z]{2,}", PLACE.sub("", text))) < 3, path  # names and marks are alike


def test_every_code_has_words_of_its_own() -> None:
    """A code that was added without words, or with those of another, is a fault."""
    tables = {
        "alarmKinds": AlarmKind,
        "alarmStates": AlarmState,
        "severities": Severity,
        "reasons": Reason,
        "notArmed": ArmingReason,
        "verdicts": Verdict,
        "seats": Seat,
        "watchStates": WatchState,
    }
    for language in LANGUAGES:
        words = words_in(language)
        for name, codes in tables.items():
            texts = [str(text) for text in words[name].values()]
            assert set(words[name]) == set(codes), (language, name)
            assert len(set(texts)) == len(texts), (language, name)
        assert set(SourceProblem) <= words["causes"].keys()


def test_numbers_and_times_are_written_as_people_write_them() -> None:
    """The same moment by the resort's clock, winter and summer; shares and counts with their marks."""
    winter, summer = datetime(2026, 1, 31, 13, 3, 9, tzinfo=UTC), datetime(2026, 7, 1, 22, 30, tzinfo=UTC)
    written = {}
    for language in LANGUAGES:
        words = words_in(language, ZoneInfo("Europe/Paris"))
        numbers = words.percent(0.987, 1), words.number(1234.5), words.number(3, 0)
        written[language] = (*numbers, words.moment(winter)[:-4].strip(), words.moment(summer)[:12])
    assert written["en"] == ("98.7%", "1,234.5", "3", "31 Jan 2026, 14:03:09", "2 Jul 2026, ")
    assert written["de"][:4] == ("98,7\xa0%", "1.234,5", "3", "31.01.2026, 14:03:09")
    assert written["it"][:4] == ("98,7%", "1.234,5", "3", "31 gen 2026, 14:03:09")
    assert written["fr"][1:3] == ("1\u202f234,5", "3")
    assert written["fr"][3].startswith("31 janv. 2026, 14:03:09")
    assert written["de"][4] == "02.07.2026, "


NOTED = re.compile(
    r"""Health\([^()]*\bFalse,\s*f?"([^"]+)"|\.step\(\w+, now_s, "([^"]+)"|_over\([^()]*, f?"([^"]+)"|"""
    r"""_down\(False, "([^"]+)"|\bnote="([^"]+)"|\bover = "([^"]+)"|message="(It is over)\""""
)
"""What the service notes as something ends, in its source."""


def test_what_the_service_notes_is_known_in_each_language() -> None:
    """Each sentence that the source has for the end of something; its numbers stay, names are people's."""
    sources = (Path(service.__file__).parent).rglob("*.py")
    found = {
        re.sub(r"\{[^}]*\}", "7", next(filter(None, groups)))
        for source in sources
        for groups in NOTED.findall(source.read_text(encoding="utf-8"))
    }
    assert len(found) > 20
    for language in OTHERS:
        words = words_in(language)
        assert [note for note in found if translated(note, words) == note] == []
    assert {translated(note, words_in("en")) for note in found} == found
    german = words_in("de")
    told = "the camera sends frames again; nobody watched for 12 s, in which up to 3 carriers passed"
    assert translated(told, german).startswith("die Kamera sendet wieder; 12 s lang")
    assert "3 Sessel" in translated(told, german)
    assert translated("step 2; Anna; hut", german) == "Stufe 2; Anna; hut"
    assert translated("step 2", words_in("it")) == "livello 2"
    assert translated("a step; of an earlier version", german) == "a step; of an earlier version"


def test_what_has_no_parameter_stays_visible() -> None:
    """So that the mistake is seen; the first text that is whole counts."""
    words = words_in("de")
    assert words.fill("{a} {b:fixed1} {c}", {"a": 1.0, "b": 2.25, "c": 0.5}) in ("1 2,2 0,5", "1 2,3 0,5")
    assert words.fitting(["{a} {b}", "{a}"], {"a": "x"}) == "x"
    assert words.fitting(["{a} {b}"], {"a": "x"}) is None
    assert words.fill({"one": "ein {count}", "other": "alle {count}"}, {"count": 1}) == "ein 1"
    assert words.fill({"one": "ein {count}", "other": "alle {count}"}, {"count": 2000}) == "alle 2.000"


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("fr-CH, fr;q=0.9, en;q=0.8", "fr"),
        ("nl, it;q=0.2", "it"),
        ("de;q=0, *;q=0.5", None),
        ("en;q=0.3,DE-at;q=0.7", "de"),
        ("", None),
        ("xx;q=banana,,;q=1", None),
        (None, None),
    ],
)
def test_a_browsers_wish_is_read(header: str | None, language: Language | None) -> None:
    """By weight, with regions; what cannot be read is no wish."""
    assert wished(header) == language
