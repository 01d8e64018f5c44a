"""Whatever order services claim, are cut off and write in: no older leader's word follows a newer one's."""

from contextlib import suppress
from typing import Any

import psycopg
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as some
from sqlalchemy import text
from sqlalchemy.orm import Session

from service.domain.errors import ConfigurationError, StoreError, SupersededError
from service.store.engines.postgres.connecting import address_of, connect
from service.store.engines.postgres.engine import OpenServer
from tests import postgres

pytestmark = pytest.mark.postgres

SERVICES = 2
STEPS = some.tuples(
    some.sampled_from(("take over", "claim", "cut", "listen", "restart")),
    some.integers(0, SERVICES - 1),
)


class Contender:
    """One service, as far as it claims and writes."""

    def __init__(self, url: str) -> None:
        self._url = address_of(url)
        self.restart()

    def restart(self) -> None:
        self.database = OpenServer(self._url, connect(self._url, write=True), connect(self._url, write=False))
        self.fence, self.ended = 0, False

    def claim(self) -> None:
        if self.fence == 0 and (mine := self.database.claim("http://here")) is not None:
            self.fence = mine.fence

    def claim_again(self) -> None:
        """Be the first to claim after all were cut off."""
        self.listen()
        with suppress(StoreError, ConfigurationError):
            self.claim()

    def cut(self) -> None:
        """Lose the connection without a word, as with the network."""
        if (connection := self.database._line._connection) is not None:
            with psycopg.connect(self.database._line._url, autocommit=True) as other:
                other.execute("SELECT pg_terminate_backend(%s, 10000)", (connection.info.backend_pid,))

    def listen(self) -> None:
        """Look once; come to lead if that is asked for and free."""
        looks = iter((False, True))
        try:
            with suppress(StoreError):
                self.database.hear(lambda: None, lambda: next(looks), self._leads)
        except ConfigurationError:
            self.ended = True

    def _leads(self, mine: Any) -> None:
        self.fence = mine.fence

    def write(self) -> None:
        """Write as a leader's transaction does, signed by its claim; a replica does not."""
        with suppress(SupersededError), Session(self.database.writer) as session, session.begin():
            self.database.check_claim(session)
            if self.fence:
                session.execute(text("INSERT INTO written (fence) VALUES (:fence)"), {"fence": self.fence})

    def close(self) -> None:
        self.database.close()


@pytest.fixture(scope="module")
def url() -> str:
    """A database with a table of what leaders wrote, in the order of commits."""
    server = postgres.cluster()
    name = server.fresh()
    server.execute("CREATE TABLE written (n serial PRIMARY KEY, fence int NOT NULL)", name)
    return server.url(name)


@pytest.mark.fault(50)
@given(some.lists(STEPS, min_size=4, max_size=10))
@settings(max_examples=4, deadline=None, phases=[Phase.explicit, Phase.generate])  # shrinking takes minutes
def test_no_write_of_an_older_leader_follows_one_of_a_newer(url: str, steps: list[tuple[str, int]]) -> None:
    """The claims of what was written never fall, and two services never hold one that stands."""
    contenders = [Contender(url) for _ in range(SERVICES)]
    try:
        for step, number in steps:
            one = contenders[number]
            if step == "restart" or one.ended:
                one.close()
                one.restart()
            elif step == "take over":
                for other in contenders:
                    other.cut()
                one.claim_again()
            else:
                with suppress(StoreError, ConfigurationError):
                    getattr(one, step)()
            for other in contenders[number:] + contenders[:number]:
                other.write()
        with psycopg.connect(contenders[0].database._line._url) as connection:
            written = [fence for (fence,) in connection.execute("SELECT fence FROM written ORDER BY n")]
        with Session(contenders[0].database.reader) as session:
            newest = contenders[0].database.leader(session)
        assert written == sorted(written)
        holders = [one.fence for one in contenders if one.fence]
        assert len(holders) == len(set(holders))
        assert all(newest is not None and fence <= newest.fence for fence in holders)
    finally:
        for one in contenders:
            one.close()
