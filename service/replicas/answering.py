"""Which service answers a route: every one, or the leader alone.

    @router.get("/{alarm_id}", ...)
    @from_database                              # a replica answers it from the database
    def alarm(...): ...

A route without the mark is passed on to the leader. One with it touches nothing that only the leader has:
neither cameras, pipeline, network, set-ups and parts, nor files of the data folder.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

Route = TypeVar("Route", bound=Callable[..., Any])

_MARK = "barwatch_from_database"


def from_database(route: Route) -> Route:
    """Say that the database alone answers a route."""
    setattr(route, _MARK, True)
    return route


def is_from_database(route: object) -> bool:
    """Say whether the database alone answers a route."""
    return bool(getattr(route, _MARK, False))
