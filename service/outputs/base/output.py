"""What an output is: it takes committed alarms, in order, and fails alone.

    class Lamp(Output):
        async def deliver(self, deliveries: Sequence[Delivery]) -> int:
            await self._lamp.show(deliveries[0].alarm)
            return 1

All of its methods run on one event loop in one thread, which is this output's own: they may wait, and what
they raise is this output's trouble alone. A Follower (service.outputs.follower) calls them.
"""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, tzinfo
from typing import Any, Generic, Protocol, TypeVar

from pydantic import BaseModel, ConfigDict

from lifts.schema import Lift
from service.domain.alarm import Alarm
from service.domain.camera import ANY_NETWORK, CameraNetworks
from service.domain.telling.alarms import message_of
from service.industry.report.source import PeerSource
from service.outputs.base.filters import OutputFilter
from service.outputs.base.problems import OutputError
from service.words.catalogue import ENGLISH, Language, Words, words_in


@dataclass(frozen=True, slots=True)
class Delivery:
    """One entry of the outbox: an alarm as it was committed at `seq`.

    epoch: whose sequence it is; the same alarm is delivered again only under the same epoch and seq.
    again: it was set aside, and comes after younger ones.
    """

    epoch: str
    seq: int
    alarm: Alarm
    again: bool = False

    def content(self, describe: Callable[[Alarm], dict[str, Any]]) -> dict[str, Any]:
        """Return it for programs, as plain JSON."""
        told = {"epoch": self.epoch, "seq": self.seq, "alarm": describe(self.alarm)}
        return {**told, "again": True} if self.again else told

    @property
    def id(self) -> str:
        """What a receiver recognises a delivery by that comes twice."""
        return f"{self.epoch}_{self.seq}"


class Output(ABC):
    """One receiver of alarms."""

    partly: OutputError | None = None
    """Why some of those behind the receiver did not get the last delivery, which was taken for others."""

    told: bool = True
    """Whether the last delivery was put before the receiver; not where it had nothing to say to anybody."""

    async def open(self) -> None:  # noqa: B027 - few have anything to open
        """Connect; called before anything else, and again after a failure on a new instance.

        Raises:
            OutputError: it cannot; so do all methods.
        """

    @abstractmethod
    async def deliver(self, deliveries: Sequence[Delivery]) -> int:
        """Deliver the first of them, or more, in their order; return how many the receiver has for sure.

        What was not taken, and all that was given when it raised, is given again. At least one is given.

        Raises:
            RefusedForGoodError: the receiver will not take the first `carried` of them however often.
        """

    async def watch(self) -> None:
        """Run beside `deliver` for as long as the output is open; raise as soon as the receiver is lost."""
        await asyncio.Event().wait()

    @abstractmethod
    async def test(self) -> None:
        """Show that the receiver is there and takes what is sent, without an alarm. Also beside `deliver`."""

    def pause_s(self) -> float:
        """Return for how long nothing more is to be delivered, in seconds, so that more comes at once."""
        return 0.0

    async def close(self) -> None:  # noqa: B027 - few have anything to close
        """Say goodbye; called once, whatever happened."""


@dataclass(frozen=True, slots=True, repr=False)
class PushSubscriber:
    """A browser: its push service's address, its keys, and whether its owner sees a lift (None: none).

    missed: the seqs that did not reach it; whoever pushes notes them here. language: the owner's, if known.
    """

    id: str
    endpoint: str
    p256dh: bytes
    auth: bytes
    sees: Callable[[str | None], bool]
    missed: set[int] = field(default_factory=set)
    language: Language | None = None


class PushSubscribers(Protocol):
    """The browsers that alarms are pushed to."""

    def subscribers(self, output_id: str) -> Sequence[PushSubscriber]:
        """Return those of an output."""

    def gone(self, subscription_id: str, why: str) -> None:
        """Forget one."""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What outputs may know of the service; may be called from any thread, and raises StoreError.

    epoch: of the outbox. page: the address of the operators' page. describe: an alarm as the API shows it,
    as plain JSON. standing: the alarms that need attention now. lifts: those that are registered. picture:
    the last picture of an alarm's passage, as JPEG. networks: what may be dialled. plant: what servers show.
    push: the browsers that alarms are pushed to. language: of people who said nothing else. zone: the
    resort's clock.
    """

    epoch: str
    page: str = "http://127.0.0.1:8000"
    describe: Callable[[Alarm], dict[str, Any]] = field(default=lambda alarm: {"id": alarm.id})
    standing: Callable[[], Sequence[Alarm]] = tuple
    lifts: Callable[[], Sequence[Lift]] = tuple
    picture: Callable[[Alarm], bytes | None] = field(default=lambda _: None)
    networks: CameraNetworks = ANY_NETWORK
    push: PushSubscribers | None = None
    plant: PeerSource | None = None
    language: Language = ENGLISH
    zone: tzinfo = UTC

    def words(self, language: Language | None = None) -> Words:
        """Return the words of a language, None: of the service's, by the resort's clock."""
        return words_in(language or self.language, self.zone)

    def link(self, alarm: Alarm) -> str:
        """Return where people find the alarm."""
        return f"{self.page}/#/alarms/{alarm.id}"


class OutputSettings(BaseModel):
    """Base of each kind's settings: a key that nobody knows is refused. Never holds a secret."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    def dialled(self) -> Sequence[str]:
        """Return the hosts that it dials, so that forbidden ones are refused at once."""
        return ()


class WordedSettings(OutputSettings):
    """Settings of an output that people read. language: of what they read; null: the service's
    (BARWATCH_LANGUAGE). Names and codes that programs read are the same in every language.
    """

    language: Language | None = None


S = TypeVar("S", bound=OutputSettings)


@dataclass(frozen=True, slots=True, repr=False)
class Making(Generic[S]):
    """What an output is made from. secrets: by name; never shown or logged. chosen: the alarms it gets."""

    id: str
    name: str
    settings: S
    secrets: Mapping[str, str]
    surroundings: Surroundings
    chosen: OutputFilter = field(default_factory=OutputFilter)

    def wants(self, alarm: Alarm) -> bool:
        """Say whether the output gets an alarm."""
        return self.chosen.wants(alarm, self.id)

    @property
    def words(self) -> Words:
        """The words of the output's language."""
        settings = self.settings
        return self.surroundings.words(settings.language if isinstance(settings, WordedSettings) else None)

    def told(self, alarm: Alarm) -> Alarm:
        """Return an alarm with its message in the output's language."""
        return replace(alarm, message=message_of(alarm, self.words))

    def describe(self, alarm: Alarm) -> dict[str, Any]:
        """Return an alarm as the API shows it, as plain JSON, with its message in the output's language."""
        return self.surroundings.describe(self.told(alarm))


@dataclass(frozen=True, slots=True)
class OutputKind(Generic[S]):
    """One kind of output.

    settings: the shape of its settings. make: makes one, cheaply; what it imports is imported there. secrets:
    the names of what is kept encrypted. fresh: secrets that are made where none was given, shown once.
    """

    settings: type[S]
    make: Callable[[Making[S]], Output]
    secrets: frozenset[str] = frozenset()
    fresh: Callable[[], Mapping[str, str]] = dict
