"""An OPC UA server in a thread, and real clients of it."""

import asyncio
import threading
from collections.abc import Awaitable, Callable, Coroutine, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

from asyncua import Client, ua
from asyncua.crypto.security_policies import SecurityPolicyBasic256Sha256

from service.domain.alarm import AlarmChange
from service.domain.camera import Credentials
from service.industry.certificate import own_certificate
from service.industry.opcua.server import NAMESPACE, OpcUaOutput
from service.industry.report.nouns import PlantReport
from service.industry.report.terms import OpcUaTerms

T = TypeVar("T")
URI = "urn:barwatch:test"


class Served:
    """A running server. asked: what clients acknowledged; refusal: what they are answered."""

    def __init__(self, folder: Path, **terms: Any) -> None:
        self.folder = folder
        certificate, key = own_certificate(folder, URI)
        self._terms: dict[str, Any] = {
            "credentials": Credentials("plc", "a long secret"),
            "acknowledges": True,
            **terms,
        }
        self.asked: list[tuple[str, str, str]] = []
        self.refusal = ""
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self.output = OpcUaOutput(
            OpcUaTerms("127.0.0.1", 0, URI, certificate, key, **self._terms), "deadbeef-0", self._acknowledge
        )
        self.port = self.do(self.output.start())

    def do(self, work: Coroutine[Any, Any, T]) -> T:
        """Do something on the server's own loop."""
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(60)

    def show(self, report: PlantReport | None) -> None:
        """Send a report."""
        self.do(self.output.put_report(report))

    def send(self, changes: Iterable[AlarmChange]) -> None:
        """Send changes of alarms."""
        self.do(self.output.put_events(list(changes)))

    def visit(
        self, what: Callable[[Client, int], Awaitable[T]], *, user: bool = True, password: str = ""
    ) -> T:
        """Let a client do `what`; it is given the index of the namespace."""

        async def run() -> T:
            client = Client(f"opc.tcp://127.0.0.1:{self.port}/", timeout=20)
            client.application_uri = URI
            if user:
                client.set_user("plc")
                client.set_password(password or "a long secret")
                own = self.folder / "opcua"
                await client.set_security(
                    SecurityPolicyBasic256Sha256, str(own / "certificate.pem"), str(own / "key.pem")
                )
            async with client:
                return await what(client, await client.get_namespace_index(NAMESPACE))

        return asyncio.run(run())

    def stop(self) -> None:
        """End the server."""
        self.do(self.output.stop())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    async def _acknowledge(self, alarm_id: str, actor: str, comment: str) -> str:
        self.asked.append((alarm_id, actor, comment))
        return self.refusal


@contextmanager
def served(folder: Path, **terms: Any) -> Iterator[Served]:
    """Give a running server."""
    running = Served(folder, **terms)
    try:
        yield running
    finally:
        running.stop()


async def alarm_type(client: Client, namespace: int) -> Any:
    """Return the type of our alarms."""
    path = ["0:ConditionType", "0:AcknowledgeableConditionType", "0:AlarmConditionType"]
    return await client.nodes.base_event_type.get_child([*path, f"{namespace}:BarwatchAlarmType"])


class Subscriber:
    """Collects events; `until` waits for so many."""

    def __init__(self) -> None:
        self.events: list[Any] = []
        self._came = asyncio.Event()

    def event_notification(self, event: Any) -> None:
        """Take an event (the library calls this)."""
        self.events.append(event)
        self._came.set()

    async def until(self, count: int) -> list[Any]:
        """Wait until there are so many."""
        while len(self.events) < count:
            self._came.clear()
            await asyncio.wait_for(self._came.wait(), 30)
        return self.events

    @classmethod
    async def at(cls, client: Client, namespace: int, *, refresh: bool = False) -> "Subscriber":
        """Subscribe to all alarms; refresh: and ask for those that stand."""
        made = cls()
        subscription = await client.create_subscription(20, made)
        await subscription.subscribe_alarms_and_conditions(
            client.nodes.server, await alarm_type(client, namespace)
        )
        if refresh:
            number = ua.Variant(subscription.subscription_id, ua.VariantType.UInt32)
            await client.get_node(ua.ObjectIds.ConditionType).call_method(
                ua.NodeId(ua.ObjectIds.ConditionType_ConditionRefresh), number
            )
        return made
