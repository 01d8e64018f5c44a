"""Outputs: those that were set up, each followed by a thread of its own. A part (service.host.parts)."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial

import structlog

from service.domain.alarm import Alarm, AlarmKind
from service.domain.errors import ConfigurationError
from service.domain.health import Health
from service.host.awaited import Awaited
from service.host.runner import BackOff, Runners
from service.outputs import kinds
from service.outputs.base.dialling import check_output_host
from service.outputs.base.filters import OutputFilter
from service.outputs.base.output import Making, Output, Surroundings
from service.outputs.base.problems import OutputError, OutputProblem
from service.outputs.follower import ABOUT_OUTPUTS, Follower
from service.outputs.health import OutputHealth, OutputState
from service.outputs.secrets import sealing
from service.outputs.watch import OutputWatch
from service.secrets.keys import KeyRing
from service.store import alarms
from service.store.alarms.history import StoredOutbox
from service.store.database import Check, Store, guarded
from service.store.delivery import outputs, set_aside
from service.store.delivery.outputs import StoredOutput
from service.store.delivery.set_aside import SetAside
from service.store.records import Page

log = structlog.get_logger(__name__)

STOP_S = 5.0
"""How long changing an output waits for what it is doing, in seconds."""


class Outputs:
    """Makes, changes, follows and tests outputs. Safe from any thread.

    Args:
        store: holds them, their cursors and the outbox.
        ring: has the keys of their secrets.
        surroundings: what they may know of the service.
        take: takes changes in health.
        runners: the list to which every thread is added.
        behind_s: how long an output may be behind before it is an alarm.
        back_off: makes the pauses after failures.
    """

    def __init__(
        self,
        store: Store,
        ring: KeyRing,
        surroundings: Surroundings,
        take: Callable[[Health], object],
        runners: Runners | None = None,
        *,
        behind_s: float = 60.0,
        back_off: Callable[[], BackOff] | None = None,
    ) -> None:
        self._store, self._ring, self._surroundings = store, ring, surroundings
        self._runners, self._back_off = runners or Runners(), back_off
        self._outbox = StoredOutbox(store)
        self._lock = threading.RLock()
        self._followers: dict[str, Follower] = {}
        self._ended = False
        self._watch = OutputWatch(self._running, self._outbox, take, behind_s, self._set_aside)
        store.on_alarms(self._announce)

    def start(self) -> None:
        """Follow every output that is on. One that cannot be used says so by itself. Raises StoreError."""
        with self._store.reading() as session:
            found = outputs.listing(session)
            standing = alarms.standing(session, AlarmKind.OUTPUT_FAILED)
        self._watch.resume(standing)
        for output in found:
            if output.sealed is not None and (sealed := sealing.renewed(self._ring, output.sealed)):
                output = replace(output, sealed=sealed)  # noqa: PLW2901 - the same one, sealed anew
                self._store.write(partial(outputs.reseal, output_id=output.id, sealed=sealed)).result()
            self._follow(output)
        self._runners.add(self._watch.runner).start()

    def stop(self) -> None:
        """End all; each has a moment to say goodbye."""
        with self._lock:
            self._ended = True
            followers = list(self._followers.values())
            self._followers.clear()
        self._watch.runner.stop()
        for follower in followers:  # all of them first, so that they end side by side
            follower.ask_to_end()
        for follower in followers:
            follower.runner.stop(STOP_S)

    def listing(self) -> list[tuple[StoredOutput, OutputHealth]]:
        """Return every output and how it is, by id. Raises StoreError."""
        with self._store.reading() as session:
            found, newest = outputs.listing(session), alarms.last_seq(session)
            cursors = {output.id: outputs.cursor(session, output.id) for output in found}
            aside = set_aside.counts(session)
        shown = []
        for output in found:
            follower, kept = self._followers.get(output.id), cursors[output.id]
            off = OutputHealth(OutputState.OFF, kept.seq, newest - kept.seq, kept.delivered_at, None)
            health = off if follower is None else follower.health(newest, kept)
            shown.append((output, replace(health, set_aside=aside.get(output.id, (0, 0))[0])))
        return shown

    def get(self, output_id: str) -> tuple[StoredOutput, OutputHealth]:
        """Return one and how it is; raises NotFoundError, StoreError."""
        with self._store.reading() as session:
            outputs.get(session, output_id)
        return next(each for each in self.listing() if each[0].id == output_id)

    def create(self, output: StoredOutput, given: Mapping[str, str]) -> dict[str, str]:
        """Store a new output and follow it; return the secrets that were made for it, to be shown once.

        output: without its secrets. given: these.

        Raises:
            ConflictError: there is one of this id.
            ConfigurationError: settings or secrets that cannot be used, or no key to encrypt them with.
            NotFoundError: there is no such kind.
            StoreError: the database takes no write.
        """
        kind = kinds.kind_of(output.kind)
        made = {name: secret for name, secret in kind.fresh().items() if name not in given}
        self._put(output, {**made, **given}, outputs.create)
        return made

    def change(
        self, output: StoredOutput, given: Mapping[str, str | None], check: Check | None = None
    ) -> None:
        """Store an output anew and follow it; given: secrets that change, None for one that goes.

        Raises as `create`, NotFoundError: there is none of this id; and what `check` raises.
        """
        with self._lock:  # the secrets that stay are those that there are
            with self._store.reading() as session:
                before = outputs.get(session, output.id)
            try:
                known = sealing.opened(self._ring, before.id, before.kind, before.sealed)
            except OutputError:
                known = {}  # nobody can read them: those that are given replace them
            changed = {**known, **given}
            secrets = {name: secret for name, secret in changed.items() if secret is not None}
            self._put(replace(output, created_at=before.created_at), secrets, outputs.change, check)

    def delete(self, output_id: str, check: Check | None = None) -> None:
        """Delete an output for good; raises NotFoundError, StoreError, and what `check` raises."""
        with self._lock:
            self._store.write(guarded(partial(outputs.delete, output_id=output_id), check)).result()
            self._end(output_id)

    def wait_for(self, output_id: str, is_so: Callable[[], bool], waits: Awaited, timeout_s: float) -> bool:
        """Wait until something is so of an output that is followed; return whether it is."""
        follower = self._followers.get(output_id)
        with contextlib.nullcontext() if follower is None else follower.progress.telling(waits):
            return waits.wait_for(is_so, timeout_s)

    def test(self, output_id: str, waits: Awaited | None = None) -> OutputError | None:
        """Test an output, whether it is on or off; return what went wrong. Blocks for seconds.

        waits: whoever ends it ends the test, and nothing of it is stored. Raises NotFoundError, StoreError.
        """
        with self._store.reading() as session:
            output = outputs.get(session, output_id)
        follower = self._followers.get(output_id) or self._follower(output)
        problem = follower.test(waits)
        if waits is not None and waits.ended:
            return problem
        code = "" if problem is None else problem.code
        self._store.write(partial(outputs.tested, output_id=output_id, problem=code)).result()
        return problem

    def set_aside(self, output_id: str, after: int, limit: int) -> Page[SetAside]:
        """Return what an output set aside above a seq, oldest first. Raises NotFoundError, StoreError."""
        with self._store.reading() as session:
            outputs.get(session, output_id)
            return set_aside.listing(session, output_id, after, limit)

    def send_again(self, output_id: str, seqs: Collection[int] | None) -> int:
        """Send again what an output set aside (None: all), once it is on; return how many.

        Raises NotFoundError, StoreError.
        """
        count = self._about_set_aside(set_aside.want_again, output_id, seqs)
        if (follower := self._followers.get(output_id)) is not None:
            follower.wake()
        return count

    def leave_out(self, output_id: str, seqs: Collection[int] | None) -> int:
        """Forget what an output set aside (None: all): its receiver never gets it; return how many.

        Raises NotFoundError, StoreError.
        """
        return self._about_set_aside(set_aside.leave_out, output_id, seqs)

    def _about_set_aside(self, do: Callable[..., int], output_id: str, seqs: Collection[int] | None) -> int:
        with self._store.reading() as session:
            outputs.get(session, output_id)
        return self._store.write(partial(do, output_id=output_id, seqs=seqs)).result()

    def _set_aside(self) -> Mapping[str, tuple[int, int]]:
        with self._store.reading() as session:
            return set_aside.counts(session, ABOUT_OUTPUTS)

    def secrets_of(self, output: StoredOutput) -> tuple[str, ...]:
        """Return the names of an output's secrets; none where they cannot be read."""
        try:
            return tuple(sorted(sealing.opened(self._ring, output.id, output.kind, output.sealed)))
        except OutputError:
            return ()

    def _put(
        self,
        output: StoredOutput,
        secrets: Mapping[str, str],
        store: Callable[..., object],
        check: Check | None = None,
    ) -> None:
        kind = kinds.kind_of(output.kind)
        if unknown := sorted(secrets.keys() - kind.secrets):
            raise ConfigurationError(
                f"{output.kind} has no secret {unknown[0]!r}", "no_such_output_secret", name=unknown[0]
            )
        sealed = sealing.seal(self._ring, output.id, output.kind, secrets)
        output = replace(output, sealed=sealed, changed_at=datetime.now(UTC))
        try:
            for host in kinds.stored_settings(kind, output.settings).dialled():
                check_output_host(host, self._surroundings.networks)
            self._make(output)  # what can be said without dialling is said now
        except OutputError as error:
            code = f"output_{error.code}"
            raise ConfigurationError(f"output {output.id}: {error}", code, **error.parameters) from None
        with self._lock:
            self._store.write(guarded(partial(store, output=output), check)).result()
            self._follow(output)

    def _follow(self, output: StoredOutput) -> None:
        with self._lock:
            self._end(output.id)
            if output.enabled and not self._ended:
                follower = self._follower(output)
                self._followers[output.id] = follower
                self._runners.add(follower.runner).start()

    def _end(self, output_id: str) -> None:
        follower = self._followers.pop(output_id, None)
        if follower is not None:
            follower.runner.stop(STOP_S)

    def _follower(self, output: StoredOutput) -> Follower:
        try:
            chosen = OutputFilter.of(output.filters)
        except OutputError:
            chosen = OutputFilter()  # making it says what is wrong
        back_off = None if self._back_off is None else self._back_off()
        make = partial(self._make, output)
        wants = partial(chosen.wants, output_id=output.id)
        return Follower(output.id, make, wants, self._store, self._surroundings.epoch, back_off)

    def _make(self, output: StoredOutput) -> Output:
        kind = kinds.KINDS.get(output.kind)
        if kind is None:
            raise OutputError(OutputProblem.MISCONFIGURED, where="kind")
        chosen = OutputFilter.of(output.filters)
        settings = kinds.stored_settings(kind, output.settings)
        secrets = sealing.opened(self._ring, output.id, output.kind, output.sealed)
        return kind.make(Making(output.id, output.name, settings, secrets, self._surroundings, chosen))

    def _running(self) -> list[Follower]:
        with self._lock:
            return list(self._followers.values())

    def _announce(self, _: tuple[Alarm, ...]) -> None:
        for follower in list(self._followers.values()):  # on the writer's thread: never waits
            follower.wake()
