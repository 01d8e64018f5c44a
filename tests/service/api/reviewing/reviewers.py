"""People who review, and what is drawn for them."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import Any

from lifts.decision.verdict import Verdict
from service.domain.people import Role
from service.domain.reviewing.sampling import DayDraw, DrawnPassage, Stratum, StratumDraw
from service.store import tokens
from service.store.reviewing import queue
from tests.service.api.conftest import House


@dataclass
class Person:
    """An operator with a token of their own."""

    house: House
    token: str

    @classmethod
    def named(cls, house: House, name: str) -> "Person":
        made = house.store.write(partial(tokens.create, name=name, role=Role.OPERATOR)).result()
        return cls(house, made[0])

    def call(self, method: str, path: str, **content: Any) -> Any:
        headers = {"Authorization": f"Bearer {self.token}"}
        return self.house.client.request(method, path, headers=headers, **content)

    def answers(self, passage: str, answer: str, **more: Any) -> Any:
        body = {"answer": answer, "blind": True, **more}
        return self.call("POST", f"/passages/{passage}/review", json=body).json()

    @property
    def queue(self) -> Any:
        return self.call("GET", "/lifts/demo-quad/reviews").json()

    @property
    def waiting(self) -> list[str]:
        return [one["passage_id"] for one in self.queue["items"]]


def drawn(house: House, *names: str, second: bool = False, stratum: Stratum = Stratum.CLEAR) -> None:
    """Store a draw of passages, each standing for 10, in this order."""
    found = []
    for number, name in enumerate(names):
        record = house.add_passage(name, Verdict.CLOSED)
        found.append(DrawnPassage(name, record.seen_at, 0.1, number / 10, second, late=False))
    today = datetime.now().astimezone().date()
    days = house.store.write(lambda s: queue.drawn_days(s, "demo-quad", date.min)).result()
    strata = (StratumDraw(stratum, 10 * len(names), tuple(found)),)
    day = DayDraw("demo-quad", today - timedelta(days=1 + len(days)), "seed", datetime.now(UTC), strata)
    house.store.write(partial(queue.add_draw, drawn=day)).result()
