"""The OPC UA server in its process: what it asks of the service, and the answers."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from service.industry.opcua.server import OpcUaOutput
from service.industry.peers.messages import Changes
from service.industry.report.nouns import Acknowledged, AcknowledgeWanted, PlantReport
from service.industry.report.terms import OpcUaTerms

ANSWER_S = 5.0
"""How long the service may take to acknowledge an alarm."""


class OpcUaPeer:
    """See service.industry.peers.process.PeerServer.

    Args:
        terms, epoch: see OpcUaOutput.
        ask: sends a wish to the service.
    """

    def __init__(self, terms: OpcUaTerms, epoch: str, ask: Callable[[AcknowledgeWanted], None]) -> None:
        self._ask, self._number = ask, 0
        self._waiting: dict[int, asyncio.Future[str]] = {}
        self._server = OpcUaOutput(terms, epoch, self._acknowledge)

    async def start(self) -> int:
        """Listen; return the port. Raises OSError."""
        return await self._server.start()

    async def stop(self) -> None:
        """Close every connection."""
        await self._server.stop()

    async def report(self, report: PlantReport | None) -> None:
        """Show what is now; None: no reports come."""
        await self._server.put_report(report)

    async def changes(self, news: Changes) -> None:
        """Send the next changes of alarms."""
        await self._server.put_events(news.changes)

    def acknowledged(self, answer: Acknowledged) -> None:
        """Pass the answer on to the client that waits for it."""
        waiting = self._waiting.pop(answer.number, None)
        if waiting is not None and not waiting.done():
            waiting.set_result(answer.refusal)

    async def _acknowledge(self, alarm_id: str, actor: str, comment: str) -> str:
        self._number += 1
        number, waiting = self._number, asyncio.get_running_loop().create_future()
        self._waiting[number] = waiting
        self._ask(AcknowledgeWanted(number, actor, comment, (alarm_id,)))
        try:
            async with asyncio.timeout(ANSWER_S):
                return str(await waiting)
        except TimeoutError:
            return "no_answer"
        finally:
            self._waiting.pop(number, None)
