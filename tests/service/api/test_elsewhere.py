"""Somebody who is shut out by the command line leaves the alarm feed within a second."""

from collections.abc import Callable, Iterator
from functools import partial

import pytest

from service.api.elsewhere import ShutOutElsewhere
from service.domain.people import Role
from service.host.runner import Runners
from service.store import tokens
from service.store.audit import entries
from service.store.database import Store
from tests.service.api.conftest import House


@pytest.fixture
def house(make_house: Callable[..., House]) -> House:
    """One whose heartbeat, at which everybody is looked at again, is far off."""
    return make_house(heartbeat_s=60.0)


@pytest.fixture
def command_line(house: House) -> Iterator[Store]:
    """The database as another process opens it."""
    opened = Store.open(house.runtime.settings.data, Runners())
    yield opened
    opened.close()


def test_a_token_revoked_elsewhere_ends_its_feed(house: House, command_line: Store) -> None:
    """At the next look at the audit, not at a heartbeat."""
    watch = ShutOutElsewhere(house.store, house.runtime.gate.changed, house.runtime.runners)
    token, record = house.store.write(partial(tokens.create, name="x", role=Role.VIEWER)).result()
    with house.client.websocket_connect("/alarms", headers={"Authorization": f"Bearer {token}"}) as feed:
        assert feed.receive_json()["type"] == "hello"
        watch.step()
        command_line.write(partial(tokens.revoke, token_id=record.id)).result()
        watch.step()
        assert feed.receive()["code"] == 4401


def test_only_what_concerns_people_is_looked_at(store: Store) -> None:
    """An alarm shuts nobody out, and what was there before the start is over."""
    called: list[int] = []
    watch = ShutOutElsewhere(store, lambda: called.append(1), Runners())
    store.write(partial(entries.record, action="token.revoke", subject="before")).result()
    watch.step()
    store.write(partial(entries.record, action="alarm.raise", subject="a")).result()
    watch.step()
    assert called == []
    store.write(partial(entries.record, action="user.disable", subject="anna")).result()
    watch.step()
    watch.step()
    assert called == [1]
