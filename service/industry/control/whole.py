"""Outputs towards lifts' controls: off, until an administrator proposes one and one confirms it. A part."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from functools import partial

import structlog

from service.domain.camera import CameraNetworks
from service.domain.errors import ConfigurationError, ConflictError
from service.host.clocks.steady import steady_now
from service.industry.control.link import CoilLink
from service.industry.control.terms import CoilStatus, ControlTerms
from service.outputs.base.dialling import check_output_host
from service.outputs.base.problems import OutputError
from service.store import lifts
from service.store.database import Check, Store, guarded
from service.store.delivery import plant
from service.store.delivery.plant import StoredControl

log = structlog.get_logger(__name__)

CONFIRM_WITHIN = timedelta(minutes=10)
"""A proposal that nobody confirms for so long is none any more."""


class ControlState(StrEnum):
    """How far an output towards a lift's control is."""

    OFF = "off"
    PROPOSED = "proposed"
    ARMED = "armed"


@dataclass(frozen=True, slots=True)
class ControlShown:
    """One output towards a lift's control. stored: None if there is none. coil: None unless it is armed."""

    state: ControlState
    stored: StoredControl | None
    coil: CoilStatus | None

    @property
    def confirm_until(self) -> datetime | None:
        """Until when the proposal can be confirmed; None where there is none."""
        proposed = self.stored is not None and self.state is ControlState.PROPOSED
        return self.stored.proposed_at + CONFIRM_WITHIN if proposed and self.stored else None


class LiftControls:
    """Proposes, confirms, runs and ends them. Safe from any thread.

    Args:
        store: holds them.
        healthy: says whether the service watches a lift as it should; asked four times a second, never waits.
        networks: where devices may be.
        now: the time, aware, UTC.
    """

    def __init__(
        self,
        store: Store,
        healthy: Callable[[str], bool],
        networks: CameraNetworks,
        now: Callable[[], datetime] = steady_now,
    ) -> None:
        self._store, self._healthy, self._networks, self._now = store, healthy, networks, now
        self._lock = threading.Lock()
        self._changes = threading.Lock()  # what runs is what was stored last
        self._links: dict[str, CoilLink] = {}
        self._ended = False

    def start(self) -> None:
        """Run those that are armed. Raises StoreError."""
        with self._store.reading() as session:
            known = {lift.id for lift in lifts.listing(session)}
            armed = {
                lift_id: each
                for lift_id, each in plant.controls(session).items()
                if each.armed_at is not None and lift_id in known
            }
        for lift_id, each in armed.items():
            self._run(lift_id, each)

    def stop(self) -> None:
        """Drop every coil and end."""
        with self._lock:
            self._ended, links = True, list(self._links.values())
            self._links.clear()
        for link in links:
            link.runner.stopping.set()
        for link in links:
            link.stop()

    def shown(self, lift_id: str) -> ControlShown:
        """Return a lift's output towards its control. Raises NotFoundError: no such lift; StoreError."""
        with self._store.reading() as session:
            lifts.get(session, lift_id)
            stored = plant.controls(session).get(lift_id)
        link = self._links.get(lift_id)
        return ControlShown(self._state(stored), stored, None if link is None else link.status)

    def propose(self, lift_id: str, terms: ControlTerms, by: str, check: Check | None = None) -> None:
        """Store a proposal in place of what there was; the coil that was armed falls.

        Raises what `check` raises, and:
            NotFoundError: no such lift.
            ConfigurationError: the device may not be dialled.
            StoreError: the database takes no write.
        """
        with self._store.reading() as session:
            lifts.get(session, lift_id)
        try:
            check_output_host(terms.host, self._networks)
        except OutputError as error:
            raise ConfigurationError(str(error), f"output_{error.code}", **error.parameters) from None
        proposal = StoredControl(
            uuid.uuid4().hex,
            terms.host,
            terms.port,
            terms.unit,
            terms.coil,
            terms.counter,
            by,
            self._now(),
        )
        with self._changes:
            self._put(lift_id, proposal, "proposed", check)

    def confirm(self, lift_id: str, proposal: str, by: str) -> None:
        """Arm what was proposed under this id.

        Raises:
            NotFoundError: no such lift.
            ConflictError: there is no such proposal, or it is too old.
            StoreError: the database takes no write.
        """
        with self._changes:  # one that is withdrawn meanwhile is not armed
            shown = self.shown(lift_id)
            if shown.stored is None or shown.stored.id != proposal or shown.state is ControlState.ARMED:
                raise ConflictError("there is no such proposal to confirm", "no_proposal")
            if shown.state is ControlState.OFF:
                raise ConflictError("the proposal is too old: propose it again", "proposal_expired")
            self._put(lift_id, replace(shown.stored, armed_by=by, armed_at=self._now()), "armed")

    def disarm(self, lift_id: str, check: Check | None = None) -> None:
        """Drop the coil and forget where it is; does nothing where there is none.

        Raises StoreError, and what `check` raises.
        """
        with self._changes:
            with self._store.reading() as session:
                there = lift_id in plant.controls(session)
            if there:
                self._put(lift_id, None, "off", check)

    def _put(
        self, lift_id: str, control: StoredControl | None, action: str, check: Check | None = None
    ) -> None:
        change = partial(plant.put_control, lift_id=lift_id, control=control, action=action)
        self._store.write(guarded(change, check)).result()
        with self._lock:
            link = self._links.pop(lift_id, None)
        if link is not None:
            link.stop()
        if control is not None and control.armed_at is not None:
            self._run(lift_id, control)

    def _run(self, lift_id: str, control: StoredControl) -> None:
        terms = ControlTerms(
            control.host, control.port, control.unit, control.coil, control.counter, self._networks
        )
        link = CoilLink(lift_id, terms, partial(self._healthy, lift_id))
        with self._lock:
            if self._ended or lift_id in self._links:
                return
            self._links[lift_id] = link
        link.start()

    def _state(self, stored: StoredControl | None) -> ControlState:
        if stored is None:
            return ControlState.OFF
        if stored.armed_at is not None:
            return ControlState.ARMED
        in_time = self._now() < stored.proposed_at + CONFIRM_WITHIN
        return ControlState.PROPOSED if in_time else ControlState.OFF
