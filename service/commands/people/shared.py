"""What the commands for tokens and users share: the database, and roles, lifts and days as words."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from lifts.schema import LIFT_ID_PATTERN
from service.domain.errors import ConfigurationError
from service.domain.people import ORIGIN, Origin, Role
from service.host.private import OTHERS
from service.settings import Settings, load_settings
from service.store.database import Store

_UNITS = {"h": "hours", "d": "days", "w": "weeks"}


@contextmanager
def opened(data: Path | None) -> Iterator[tuple[Settings, Store]]:
    """Yield the settings and the database of a data folder; the audit names the command line."""
    settings = load_settings(data=data)
    before = ORIGIN.set(Origin("command line", Role.ADMIN.value))
    os.umask(OTHERS)
    store = Store.open(settings.data, url=settings.database_address())
    try:
        yield settings, store
    finally:
        store.close()
        ORIGIN.reset(before)


def role_of(text: str, option: str = "--role") -> Role:
    """Return a role; raises ConfigurationError."""
    try:
        return Role(text)
    except ValueError:
        expected = ", ".join(each.value for each in Role)
        raise ConfigurationError(f"{option} {text!r}: expected one of {expected}") from None


def lift_ids(given: Sequence[str]) -> list[str] | None:
    """Return the ids of lifts; None where none is given: all. Raises ConfigurationError."""
    for each in given:
        if re.fullmatch(LIFT_ID_PATTERN, each) is None:
            raise ConfigurationError(f"--lift {each!r}: expected a lift's id, such as demo-quad")
    return list(given) or None


def expiry(text: str | None, now: datetime) -> datetime | None:
    """Return when something ends: after 12h, 30d or 8w, or at the end of a day (2027-04-30, UTC).

    Raises:
        ConfigurationError: neither, or it is over already.
    """
    if text is None:
        return None
    for_so_long = re.fullmatch(r"([1-9][0-9]{0,3})([hdw])", text)
    try:
        if for_so_long is not None:
            at = now + timedelta(**{_UNITS[for_so_long[2]]: int(for_so_long[1])})
        else:
            at = datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=UTC) + timedelta(days=1)
    except (ValueError, OverflowError):
        raise ConfigurationError(
            f"--expires {text!r}: expected 12h, 30d, 8w or a day as 2027-04-30"
        ) from None
    if at <= now:
        raise ConfigurationError(f"--expires {text!r}: that is over already")
    return at
