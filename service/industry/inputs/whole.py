"""The inputs of all lifts: what they say sharpens what the cameras see. A part."""

from __future__ import annotations

import threading
import time
import uuid
from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import dataclass, field
from functools import partial

import structlog
from pydantic import ValidationError

from service.domain.alarm import AlarmKind
from service.domain.camera import CameraEvent, CameraNetworks, CameraStatus, Credentials
from service.domain.errors import ConfigurationError
from service.domain.health import Health
from service.domain.passage import Passage
from service.host.runner import Runner
from service.industry.inputs.follower import InputFault, InputFollower
from service.industry.inputs.nouns import HeardSignal, Reading, Signal
from service.industry.inputs.settings import LINE_INPUT, LineInput, ModbusInput, OpcUaInput
from service.industry.inputs.taking import Taking
from service.industry.inputs.watch import InputWatch, unseen_carrier
from service.industry.report.terms import ServerIdentity
from service.outputs.base.dialling import check_output_host
from service.outputs.base.problems import OutputError
from service.store import alarms, lifts
from service.store.database import Check, Store, guarded
from service.store.delivery import plant

log = structlog.get_logger(__name__)

STEP_S = 0.5

FindCredentials = Callable[[str, str], Credentials]
"""Returns the stored user and password of a name for an address."""


@dataclass(frozen=True, slots=True)
class InputShown:
    """One lift's input. runs: what it says of the line, None: nothing. heard: what was heard last."""

    given: LineInput | None
    fault: InputFault | None = None
    runs: bool | None = None
    doubts: tuple[str, ...] = ()
    heard: Mapping[Signal, HeardSignal] = field(default_factory=dict)
    unseen: int = 0


@dataclass(frozen=True, eq=False)
class _Followed:
    given: LineInput
    watch: InputWatch
    follower: InputFollower


class LiftInputs:
    """Follows them, and lets them hold back or add to what cameras report. Safe from any thread.

    Args:
        store: holds what they are.
        take: takes what they add: changes in health, and carriers that nobody saw.
        networks: where sources may be.
        credentials: see FindCredentials.
        identity: who this service is to an OPC UA server.
        clock: time.monotonic, or a test's own.
    """

    def __init__(
        self,
        store: Store,
        take: Callable[[CameraEvent], None],
        networks: CameraNetworks,
        credentials: FindCredentials,
        identity: Callable[[], ServerIdentity],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._store, self._take, self._networks = store, take, networks
        self._credentials, self._identity, self._clock = credentials, identity, clock
        self._lock = threading.RLock()
        self._changes = threading.Lock()  # what is followed is what was stored last
        self._followed: dict[str, _Followed] = {}
        self._run_id, self._unseen = uuid.uuid4().hex[:12], 0
        self._ended = False
        self.runner = Runner("inputs", self.step, every_s=STEP_S)

    def start(self) -> None:
        """Follow every input. Raises StoreError."""
        with self._store.reading() as session:
            known = {lift.id for lift in lifts.listing(session)}
            stored = {lift: each for lift, each in plant.inputs(session).items() if lift in known}
            doubted = {
                lift: {alarm.cause for alarm in alarms.standing(session, AlarmKind.INPUT_DOUBTFUL, lift)}
                for lift in stored
            }
        for lift_id, each in stored.items():
            try:
                self._follow(lift_id, LINE_INPUT.validate_python(each), doubted[lift_id])
            except ValidationError:
                log.error("a lift's input is not valid: it is off", lift=lift_id)
        self.runner.start()

    def stop(self) -> None:
        """End all."""
        with self._lock:
            self._ended, followed = True, list(self._followed.values())
            self._followed.clear()
        self.runner.stop()
        for each in followed:
            each.follower.runner.stop(timeout_s=0.0)
        for each in followed:
            each.follower.runner.stop()

    def holds_back(self, event: CameraEvent) -> bool:
        """Take note of what a camera reports; return whether it is to wait. Never blocks, never raises."""
        if not isinstance(event, Passage | Health | CameraStatus) or event.lift_id is None:
            return False
        with self._lock:
            followed = self._followed.get(event.lift_id)
            if followed is None:
                return False
            now_s = self._clock()
            if isinstance(event, Health):
                return followed.watch.holds_back(event, now_s)
            if isinstance(event, Passage):
                followed.watch.passage(event, now_s)
            else:
                followed.watch.status(event, now_s)
        return False

    def step(self) -> None:
        """Let time pass: say what the inputs reveal."""
        found: list[CameraEvent] = []
        with self._lock:
            now_s = self._clock()
            for lift_id, followed in self._followed.items():
                changes, missing = followed.watch.step(now_s)
                found += changes
                for _ in range(missing):
                    self._unseen += 1
                    found.append(unseen_carrier(lift_id, self._run_id, self._unseen, now_s))
        for event in found:
            self._take(event)

    def put(self, lift_id: str, given: LineInput | None, check: Check | None = None) -> None:
        """Store a lift's input in place of what there was, or that it has none, and follow it.

        Raises what `check` raises, and:
            NotFoundError: no such lift.
            ConfigurationError: it may not be dialled, or its stored password is another host's.
            StoreError: the database takes no write.
        """
        with self._store.reading() as session:
            lifts.get(session, lift_id)
        if given is not None:
            try:
                check_output_host(given.host, self._networks)
            except OutputError as error:
                raise ConfigurationError(str(error), f"output_{error.code}", **error.parameters) from None
            self._secret_of(given)
        stored = None if given is None else given.model_dump(mode="json")
        change = partial(plant.put_inputs, lift_id=lift_id, given=stored)
        with self._changes:
            self._store.write(guarded(change, check)).result()
            self._forget(lift_id)
            if given is not None:
                self._follow(lift_id, given)

    def remove(self, lift_id: str) -> None:
        """Forget the input of a lift that is gone, for good. Raises StoreError."""
        with self._changes:
            with self._store.reading() as session:
                there = lift_id in plant.inputs(session)
            if there:
                self._store.write(partial(plant.put_inputs, lift_id=lift_id, given=None)).result()
            self._forget(lift_id)

    def _forget(self, lift_id: str) -> None:
        """Stop following a lift's input, and end what it said."""
        with self._lock:
            followed = self._followed.pop(lift_id, None)
        if followed is not None:
            followed.follower.runner.stop()
            for over in followed.watch.end():
                self._take(over)

    def shown(self, lift_id: str) -> InputShown:
        """Return a lift's input and what it says. Raises NotFoundError: no such lift; StoreError."""
        with self._store.reading() as session:
            lifts.get(session, lift_id)
        with self._lock:
            followed = self._followed.get(lift_id)
            if followed is None:
                return InputShown(None)
            now_s, watch = self._clock(), followed.watch
            return InputShown(
                followed.given,
                followed.follower.fault,
                watch.line_runs(now_s),
                watch.doubts,
                watch.heard(now_s),
                watch.pulses.unseen,
            )

    def line(self, lift_id: str) -> tuple[bool | None, float | None]:
        """Return whether a lift's line runs and its speed in m/s, as far as its input is believed."""
        with self._lock:
            followed = self._followed.get(lift_id)
            if followed is None:
                return None, None
            watch, now_s = followed.watch, self._clock()
            doubted = watch.line_runs(now_s) is False and not watch.stands(now_s)
            return None if doubted else watch.line_runs(now_s), watch.speed_m_per_s(now_s)

    def _follow(self, lift_id: str, given: LineInput, doubted: Collection[str] = ()) -> None:
        watch = InputWatch(lift_id, given.signals, self._clock(), doubted=doubted)
        follower: InputFollower

        def read(reading: Reading) -> None:
            follower.fault = None
            with self._lock:
                watch.take(reading)

        taking = Taking(read, self._clock)
        follower = InputFollower(lift_id, partial(self._source, given, taking))
        with self._lock:
            if self._ended:
                return
            self._followed[lift_id] = _Followed(given, watch, follower)
        follower.runner.start()

    def _secret_of(self, given: LineInput) -> Credentials | None:
        if given.credentials is None:
            return None
        return self._credentials(given.credentials, f"http://{given.host}:{given.port}/")

    async def _source(self, given: LineInput, taking: Taking) -> None:
        taking.again()
        await self._following(given, taking)

    def _following(self, given: LineInput, taking: Taking) -> Awaitable[None]:
        # Each library is loaded by who has such an input.
        if isinstance(given, ModbusInput):
            from service.industry.inputs.modbus import follow_modbus  # noqa: PLC0415

            return follow_modbus(given, self._networks, taking)
        secret = self._secret_of(given)
        if isinstance(given, OpcUaInput):
            from service.industry.inputs.opcua import follow_opcua  # noqa: PLC0415

            return follow_opcua(given, self._networks, taking, secret, self._identity())
        from service.industry.inputs.mqtt import follow_mqtt  # noqa: PLC0415

        return follow_mqtt(given, self._networks, taking, secret)
