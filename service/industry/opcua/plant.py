"""The lifts in the server's address space: an object each, with variables that a client reads or follows."""

from __future__ import annotations

from typing import Any

from asyncua import Server, ua
from asyncua.common.node import Node

from service.industry.report.nouns import LiftReport, PlantReport

_STALE = ua.StatusCode(ua.StatusCodes.UncertainLastUsableValue)
_PLANT: dict[str, ua.VariantType] = {
    "Healthy": ua.VariantType.Boolean,
    "Heartbeat": ua.VariantType.UInt32,
    "NewestSeq": ua.VariantType.UInt64,
    "Standing": ua.VariantType.UInt32,
    "Unacknowledged": ua.VariantType.UInt32,
}
_LIFT: dict[str, ua.VariantType] = {
    "Armed": ua.VariantType.Boolean,
    "Sees": ua.VariantType.Boolean,
    "InService": ua.VariantType.Boolean,
    "LineState": ua.VariantType.String,
    "OpenBars": ua.VariantType.UInt32,
    "Standing": ua.VariantType.UInt32,
    "Unacknowledged": ua.VariantType.UInt32,
    "Passages": ua.VariantType.UInt32,
    "NewestSeq": ua.VariantType.UInt64,
}
_STARTING: dict[ua.VariantType, Any] = {
    ua.VariantType.Boolean: False,
    ua.VariantType.String: "",
    ua.VariantType.UInt32: 0,
    ua.VariantType.UInt64: 0,
}


class PlantNodes:
    """Objects/Barwatch and a child for each lift. Use `PlantNodes.make`.

    Args:
        server: whose address space.
        namespace: index of our namespace.
        root: Objects/Barwatch.
        plant: its variables, by name.
    """

    def __init__(self, server: Server, namespace: int, root: Node, plant: dict[str, Node]) -> None:
        self._server, self._namespace, self._root, self._plant = server, namespace, root, plant
        self._lifts: dict[str, dict[str, Node]] = {}
        self._names: dict[str, str] = {}
        self._written: dict[ua.NodeId, Any] = {}

    @classmethod
    async def make(cls, server: Server, namespace: int) -> PlantNodes:
        """Add Objects/Barwatch."""
        node = ua.NodeId("barwatch", namespace)
        root = await server.nodes.objects.add_object(node, f"{namespace}:Barwatch")
        made = cls(server, namespace, root, {})
        made._plant.update(await made._add_variables(root, "barwatch", _PLANT))
        return made

    def source_of(self, lift_id: str | None) -> tuple[ua.NodeId, str]:
        """Return the object that an alarm is about, and its name: the lift, or Barwatch itself."""
        if lift_id is None or lift_id not in self._lifts:
            return self._root.nodeid, "Barwatch" if lift_id is None else lift_id
        return ua.NodeId(f"lift/{lift_id}", self._namespace), self._names[lift_id]

    async def put_report(self, report: PlantReport | None) -> None:
        """Write what is new; None: no reports come, so nothing is healthy and no value is sure."""
        if report is None:
            await self._doubt()
            return
        values = {
            "Healthy": report.healthy,
            "Heartbeat": report.counter & 0xFFFFFFFF,
            "NewestSeq": report.newest_seq,
            "Standing": report.standing,
            "Unacknowledged": report.unacknowledged,
        }
        for name, node in self._plant.items():
            await self._write(node, _PLANT[name], values[name])
        for lift_id in self._lifts.keys() - {lift.lift_id for lift in report.lifts}:
            await self._remove(lift_id)
        for lift in report.lifts:
            await self._put_lift(lift)

    async def _put_lift(self, lift: LiftReport) -> None:
        self._names[lift.lift_id] = lift.name
        if lift.lift_id not in self._lifts:
            path = f"lift/{lift.lift_id}"
            node = await self._root.add_object(
                ua.NodeId(path, self._namespace), f"{self._namespace}:{lift.lift_id}"
            )
            self._lifts[lift.lift_id] = await self._add_variables(node, path, _LIFT)
        values = {
            "Armed": lift.armed,
            "Sees": lift.sees,
            "InService": lift.in_service,
            "LineState": lift.line.name.lower(),
            "OpenBars": lift.open_bars,
            "Standing": lift.standing,
            "Unacknowledged": lift.unacknowledged,
            "Passages": lift.passages & 0xFFFFFFFF,
            "NewestSeq": lift.newest_seq,
        }
        for name, node in self._lifts[lift.lift_id].items():
            await self._write(node, _LIFT[name], values[name])

    async def _add_variables(
        self, parent: Node, path: str, types: dict[str, ua.VariantType]
    ) -> dict[str, Node]:
        return {
            name: await parent.add_variable(
                ua.NodeId(f"{path}/{name}", self._namespace),
                f"{self._namespace}:{name}",
                _STARTING[kind],
                varianttype=kind,
            )
            for name, kind in types.items()
        }

    async def _remove(self, lift_id: str) -> None:
        for node in self._lifts.pop(lift_id).values():
            self._written.pop(node.nodeid, None)
        await self._server.delete_nodes(
            [self._server.get_node(ua.NodeId(f"lift/{lift_id}", self._namespace))], recursive=True
        )

    async def _write(self, node: Node, kind: ua.VariantType, value: Any) -> None:
        if self._written.get(node.nodeid) != value:
            self._written[node.nodeid] = value
            await node.write_value(ua.Variant(value, kind))

    async def _doubt(self) -> None:
        await self._write(self._plant["Healthy"], _PLANT["Healthy"], False)
        for nodes in self._lifts.values():
            for name, node in nodes.items():
                last = self._written.pop(node.nodeid, None)
                if last is not None:  # else it is in doubt already
                    value = ua.Variant(False if name in {"Sees", "Armed"} else last, _LIFT[name])
                    await node.write_value(ua.DataValue(value, _STALE))
