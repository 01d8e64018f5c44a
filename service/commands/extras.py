"""Commands of other installed packages beside the service's own, found by their entry points when needed."""

from __future__ import annotations

from importlib.metadata import entry_points
from typing import Any

import typer
from typer.core import TyperGroup

from service.domain.errors import ConfigurationError

EXTRA_GROUP = "barwatch.commands"
EXTRA_COMMANDS = {
    "": ("render", "train", "evaluate", "export"),
    "bench": ("render", "embed", "train"),
}
"""ml's commands by group, as the design names them: without ml installed they say how to get it."""


class Commands(TyperGroup):
    """Our own commands, then those of installed packages.

    A group of ours takes in a package's commands of the same group: `bench` has ours and ml's.
    """

    def list_commands(self, ctx: typer.Context) -> list[str]:  # type: ignore[override]
        """Return every command's name."""
        own = super().list_commands(ctx)
        return own + [name for name in self._extras(ctx) if name not in own]

    def get_command(self, ctx: typer.Context, cmd_name: str) -> Any:  # type: ignore[override]
        """Return a command; other packages are only loaded for names that are not ours."""
        own = super().get_command(ctx, cmd_name)
        if own is not None:
            return own
        extra = self._extras(ctx)
        if cmd_name in EXTRA_COMMANDS.get(self._group(ctx), ()) and cmd_name not in extra:
            words = " ".join(word for word in ("barwatch", self._group(ctx), cmd_name) if word)
            raise ConfigurationError(f"`{words}` needs the ml extra: pip install 'barwatch[ml]'")
        return extra.get(cmd_name)

    def _extras(self, ctx: typer.Context) -> dict[str, Any]:
        found = _extra_commands(ctx)
        return found if not self._group(ctx) else _of_group(found.get(self._group(ctx)), ctx)

    def _group(self, ctx: typer.Context) -> str:
        """The name of this group of commands; none for the outermost."""
        return "" if ctx.parent is None else str(self.name)


def _extra_commands(ctx: typer.Context) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for point in entry_points(group=EXTRA_GROUP):
        try:
            command = typer.main.get_command(point.load())
        except ImportError:
            continue  # said when one of its commands is asked for
        found |= _of_group(command, ctx) or {point.name: command}
    return found


def _of_group(command: Any, ctx: typer.Context) -> dict[str, Any]:
    if not isinstance(command, TyperGroup):
        return {}
    return {name: command.get_command(ctx, name) for name in command.list_commands(ctx)}
