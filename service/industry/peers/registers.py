"""The Modbus server in its process: what it asks of the service, and the answers."""

from __future__ import annotations

from collections.abc import Callable

from service.industry.modbus.registers import COILS, RegisterImage
from service.industry.modbus.server import ModbusOutput
from service.industry.peers.messages import Changes
from service.industry.report.nouns import Acknowledged, AcknowledgeWanted, PlantReport
from service.industry.report.terms import ModbusTerms

Ask = Callable[[AcknowledgeWanted], None]


class ModbusPeer:
    """See service.industry.peers.process.PeerServer.

    A coil asks for the alarms that its lift's registers showed when it was set, and for none that came since.

    Args:
        terms: see ModbusTerms. epoch: identity of the alarms' sequence.
        ask: sends a wish to the service.
    """

    def __init__(self, terms: ModbusTerms, epoch: str, ask: Ask) -> None:
        self._image = RegisterImage(epoch)
        self._ask, self._number = ask, 0
        self._coils: dict[int, int] = {}
        self._server = ModbusOutput(self._image, terms, self._coil_set)

    async def start(self) -> int:
        """Listen; return the port. Raises OSError."""
        return await self._server.start()

    async def stop(self) -> None:
        """Close every connection."""
        await self._server.stop()

    async def report(self, report: PlantReport | None) -> None:
        """Show what is now; None: no reports come."""
        self._image.put_report(report)

    async def changes(self, news: Changes) -> None:
        """Show the next changes of alarms."""
        self._image.put_events(news.changes, news.first, news.last)

    def acknowledged(self, answer: Acknowledged) -> None:
        """Let the coil fall back."""
        self._server.settle(self._coils.pop(answer.number, -1))

    def _coil_set(self, coil: int, peer: str) -> None:
        lift = self._image.lifts.get(coil)
        if lift is None and coil != COILS - 1:
            self._server.settle(coil)
            return
        self._number += 1
        self._coils[self._number] = coil
        lift_id = None if lift is None else lift.lift_id
        self._ask(
            AcknowledgeWanted(
                self._number, f"modbus:{peer}", "", lift_id=lift_id, newest_seq=self._image.newest_seq
            )
        )
