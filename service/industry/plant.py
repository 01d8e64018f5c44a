"""What industrial peers are shown: the lifts as they are now, the committed outbox, and acknowledging."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from sqlalchemy.orm import Session

from service.alarms import lifecycle
from service.domain.alarm import Alarm, AlarmChange, AlarmKind, AlarmState
from service.domain.errors import ConflictError, NotFoundError, StoreError
from service.industry.certificate import own_certificate
from service.industry.report.nouns import AcknowledgeWanted, LiftReport, PlantReport
from service.industry.report.source import PeerChoice
from service.industry.report.terms import ServerIdentity
from service.industry.sight import Sight
from service.store import alarms, lifts
from service.store.alarms import history
from service.store.database import Store
from service.store.delivery import plant

AGE_S = 2.0
"""How old what was read of the database may be where no alarm has changed since."""

WRITE_S = 5.0
UNACKNOWLEDGED = frozenset({AlarmState.ACTIVE, AlarmState.RETURNED})


@dataclass(frozen=True, slots=True)
class _Stored:
    newest_seq: int
    at_s: float
    names: Mapping[str, str]
    standing: tuple[Alarm, ...]


class Plant:
    """See service.industry.peers.link.PeerSource. Safe from any thread.

    Args:
        store: has lifts and alarms.
        sight: knows whether the service works and sees.
        data: the data folder, which has the OPC UA server's certificate. epoch: identity of the installation.
    """

    def __init__(self, store: Store, sight: Sight, data: Path, epoch: str) -> None:
        self._store, self._sight, self._data, self._epoch = store, sight, data, epoch
        self._slots: dict[str, int] = {}
        self._lock = threading.Lock()
        self._known: _Stored | None = None
        self._counter = 0

    def newest(self) -> int:
        """Return the newest seq, 0 if there was no alarm yet. Raises StoreError."""
        with self._store.reading() as session:
            return alarms.last_seq(session)

    def page(self, after: int, limit: int) -> tuple[AlarmChange, ...]:
        """Return the changes above `after`, oldest first. Raises StoreError."""
        with self._store.reading() as session:
            return history.changes(session, after, limit)

    def standing(self, before: int) -> tuple[AlarmChange, ...]:
        """Return the last change of each alarm that stands, as far as it is not above `before`."""
        with self._store.reading() as session:
            found = alarms.listing(session, standing=True, limit=alarms.MAX_PAGE).items
            return history.newest_changes(session, [each.seq for each in found if each.seq <= before])

    def report(self, choice: PeerChoice) -> PlantReport:
        """Return what is now, as far as it was chosen. Raises StoreError."""
        stored, sight = self._stored(), self._sight
        slots, chosen = self._slots_of(stored.names), choice.lifts
        shown = [each for each in stored.names if each in slots and (chosen is None or each in chosen)]
        standing = [each for each in stored.standing if choice.wants(each)]
        works = sight.works()
        found = [self._lift(lift_id, slots[lift_id], stored, standing, works=works) for lift_id in shown]
        missing = set(chosen or ()) - set(shown)
        blind = bool(missing) or any(lift.in_service and not lift.sees for lift in found)
        with self._lock:
            self._counter += 1
        return PlantReport(
            counter=self._counter,
            healthy=works and not blind,
            newest_seq=stored.newest_seq,
            standing=len(standing),
            unacknowledged=sum(each.state in UNACKNOWLEDGED for each in standing),
            lifts=tuple(found),
        )

    def acknowledge(self, wanted: AcknowledgeWanted, choice: PeerChoice) -> str:
        """Acknowledge alarms that are shown; return the code of the refusal, empty if it was done."""
        try:
            self._store.write(partial(_acknowledge, wanted=wanted, choice=choice)).result(WRITE_S)
        except ConflictError:
            return "conflict"
        except NotFoundError:
            return "not_found"
        except (StoreError, TimeoutError):
            return "store_unavailable"
        return ""

    def identity(self) -> ServerIdentity:
        """Return who an OPC UA server of this installation is. Raises OSError."""
        uri = f"urn:barwatch:{self._epoch}"
        return ServerIdentity(uri, *own_certificate(self._data, uri))

    def _slots_of(self, lift_ids: Collection[str]) -> Mapping[str, int]:
        if not set(lift_ids) <= self._slots.keys():
            with contextlib.suppress(TimeoutError):
                self._store.write(partial(plant.assign_slots, lift_ids=lift_ids)).result(WRITE_S)
            with self._store.reading() as session:
                self._slots = plant.slots(session)
        return self._slots

    def _lift(
        self, lift_id: str, slot: int, stored: _Stored, standing: Sequence[Alarm], *, works: bool
    ) -> LiftReport:
        sight, own = self._sight, [each for each in standing if each.lift_id == lift_id]
        open_bars = [each for each in stored.standing if each.kind is AlarmKind.BAR_OPEN]
        return LiftReport(
            slot=slot,
            lift_id=lift_id,
            name=stored.names[lift_id],
            armed=sight.armed(lift_id),
            sees=works and sight.sees(lift_id),
            in_service=sight.in_service(lift_id),
            line=sight.line(lift_id),
            open_bars=sum(each.lift_id == lift_id for each in open_bars),  # a state: see PeerChoice
            standing=len(own),
            unacknowledged=sum(each.state in UNACKNOWLEDGED for each in own),
            passages=sight.passages(lift_id),
            newest_seq=max((each.seq for each in own), default=0),
        )

    def _stored(self) -> _Stored:
        newest, known = self.newest(), self._known
        if known is None or known.newest_seq != newest or time.monotonic() - known.at_s > AGE_S:
            with self._store.reading() as session:
                known = _Stored(
                    alarms.last_seq(session),
                    time.monotonic(),
                    {lift.id: lift.name for lift in lifts.listing(session) if lift.camera is not None},
                    alarms.listing(session, standing=True, limit=alarms.MAX_PAGE).items,
                )
            self._known = known
        return known


def _acknowledge(session: Session, wanted: AcknowledgeWanted, choice: PeerChoice) -> None:
    if wanted.alarm_ids:
        for alarm_id in wanted.alarm_ids:
            lifecycle.acknowledge(session, alarm_id, wanted.actor, wanted.comment)
        return
    # What was not shown to whoever pressed the button is left standing.
    for alarm in alarms.listing(session, standing=True, limit=alarms.MAX_PAGE).items:
        shown = alarm.lift_id == wanted.lift_id and alarm.seq <= wanted.newest_seq
        if shown and choice.wants(alarm) and alarm.state in UNACKNOWLEDGED:
            lifecycle.acknowledge(session, alarm.id, wanted.actor, wanted.comment)
