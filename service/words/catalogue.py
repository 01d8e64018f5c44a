"""The service's words in each language, and how numbers and times are written in it.

`LANGUAGE/shared.json` is what page and service have in common, by the same names in both; `service.json` what
the service says alone. Texts hold places: {name}, or {name:form} for a number (FORMS). A text for several
plural forms of {count} is an object with a text for each (CLDR). Imports nothing of the service.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, tzinfo
from functools import cache, cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, get_args

if TYPE_CHECKING:
    from babel import Locale

Language = Literal["en", "fr", "de", "it"]
LANGUAGES: tuple[Language, ...] = get_args(Language)
ENGLISH: Language = "en"

Text = str | Mapping[str, str]
"""A text, or one for each plural form."""

PLACE = re.compile(r"\{(\w+)(?::(\w+))?\}")

_LOCALES: Mapping[Language, str] = {"en": "en_GB", "fr": "fr_FR", "de": "de_DE", "it": "it_IT"}
"""Of British English, because the American day of a month is taken for a month by everybody else."""

_WISH = re.compile(r"\s*([A-Za-z]{1,8})(?:-[A-Za-z0-9-]*)?\s*(?:;\s*q\s*=\s*([01](?:\.\d{0,3})?))?\s*")


class Words:
    """The texts of one language. Safe from any thread; see `words_in`.

    Args:
        language: whose.
        zone: the clock by which times are written, the resort's.
    """

    def __init__(self, language: Language = ENGLISH, zone: tzinfo = UTC) -> None:
        self.language, self._zone = language, zone

    def __getitem__(self, name: str) -> Mapping[str, Any]:
        """Return what there is for the codes of one kind, such as "alarmKinds", or a part of service.json."""
        shared, own = _content(self.language)
        table: Mapping[str, Any] = own[name] if name in own else shared["words"][name]
        return table

    def sentence(self, key: str) -> Text:
        """Return the sentence of a key of shared.json, with its places empty."""
        text: Text = _content(self.language)[0]["sentences"][key]
        return text

    def say(self, key: str, parameters: Mapping[str, float | str]) -> str:
        """Return the sentence of a key, with its parameters in place."""
        return self.fill(self.sentence(key), parameters)

    def fill(self, text: Text, parameters: Mapping[str, float | str]) -> str:
        """Put parameters in their places; a place without one stays visible, so that the mistake is."""
        if not isinstance(text, str):
            form = self._locale.plural_form(float(parameters["count"]))
            text = text.get(form, text["other"])

        def written(place: re.Match[str]) -> str:
            name, form = place.groups()
            value = parameters.get(name)
            return place.group() if value is None else self._written(name, value, form)

        return PLACE.sub(written, text)

    def fitting(self, texts: Sequence[Text], parameters: Mapping[str, float | str]) -> str | None:
        """Return the first of these for which all parameters are there; None: for none of them."""
        filled = (self.fill(text, parameters) for text in texts)
        return next((text for text in filled if not PLACE.search(text)), None)

    def number(self, value: float, digits: int | None = None) -> str:
        """Return "1,234.5", "1.234,5"; digits: after the point; None: as many as there are, at most three."""
        from babel.numbers import format_decimal  # noqa: PLC0415 - few write any

        return format_decimal(value, _digits("#,##0", digits) if digits is not None else None, self._locale)

    def percent(self, part: float, digits: int = 0) -> str:
        """Return "25%", "25 %" of 0.25."""
        from babel.numbers import format_percent  # noqa: PLC0415 - few write any

        pattern = self._locale.percent_formats[None].pattern
        return format_percent(part, _digits(pattern, digits), self._locale)

    def moment(self, at: datetime) -> str:
        """Return an aware time by the resort's clock: "31 Jan 2026, 14:03:09 CET"."""
        from babel.dates import format_date, format_datetime  # noqa: PLC0415 - few write any

        here = at.astimezone(self._zone)
        day = format_date(here, "medium", self._locale)
        return f"{day}, {format_datetime(here, 'HH:mm:ss z', self._zone, self._locale)}"

    def clock(self, at: datetime) -> str:
        """Return an aware time by the resort's clock as spreadsheets of any language read it."""
        return f"{at.astimezone(self._zone):%Y-%m-%d %H:%M:%S}"

    @property
    def decimal_point(self) -> str:
        """What stands before the decimals of a number."""
        return self.number(0.5)[1]

    @cached_property
    def _locale(self) -> Locale:
        from babel import Locale  # noqa: PLC0415 - few write any

        return Locale.parse(_LOCALES[self.language])

    def _written(self, name: str, value: float | str, form: str | None) -> str:
        if form is not None:
            return FORMS[form](self, float(value))
        if isinstance(value, str):
            return value
        # A count, or a part of one, is written as people write it; ports, versions and ids stay as they are.
        return self.number(value) if name == "count" or value != int(value) else str(int(value))


FORMS: Mapping[str, Callable[[Words, float], str]] = {
    "percent": lambda words, value: words.percent(value),
    "percent1": lambda words, value: words.percent(value, 1),
    "fixed0": lambda words, value: words.number(value, 0),
    "fixed1": lambda words, value: words.number(value, 1),
    "fixed2": lambda words, value: words.number(value, 2),
}
"""How {name:form} writes a number; the same as in the page (console/src/i18n/text.ts)."""


def _digits(pattern: str, digits: int) -> str:
    """Return a pattern of numbers (UTS 35) with so many digits after the point."""
    return pattern.replace("#,##0", "#,##0." + digits * "0" if digits else "#,##0")


@cache
def words_in(language: Language, zone: tzinfo = UTC) -> Words:
    """Return the words of a language, by the clock of a zone."""
    return Words(language, zone)


def translated(note: str, words: Words) -> str:
    """Return a note that the service itself wrote in English in the words of a language.

    What it does not know stays as it is: an earlier version's, and the names after a step of escalation.
    """
    step, *names = note.split("; ") if note.startswith("step ") else [note]
    for english, text in words["notes"].items():
        if (found := _pattern(english).fullmatch(step)) is not None:
            return "; ".join([words.fill(text, found.groupdict()), *names])
    return note


@cache
def _pattern(english: str) -> re.Pattern[str]:
    return re.compile(PLACE.sub(r"(?P<\1>\\d+)", english))


def wished(accept_language: str | None) -> Language | None:
    """Return the language of ours that an Accept-Language header likes best; None: it names none of them.

    Source: RFC 9110, section 12.5.4.
    """
    likes: dict[Language, float] = {}
    for part in (accept_language or "").split(","):
        wish = _WISH.fullmatch(part)
        for language in LANGUAGES:
            if wish is not None and wish[1].lower() == language:
                likes[language] = max(likes.get(language, 0.0), float(wish[2] or 1))
    best = max(likes, key=lambda language: likes[language], default=None)
    return best if best is not None and likes[best] > 0 else None


@cache
def _content(language: Language) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
    folder = Path(__file__).parent / language
    shared, own = (
        json.loads((folder / name).read_text(encoding="utf-8")) for name in ("shared.json", "service.json")
    )
    return shared, own
