"""Commands whose modules are imported when they are called; `barwatch --help` reads summaries alone."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from importlib.metadata import entry_points
from types import MappingProxyType
from typing import Any

import typer
from typer.core import TyperCommand, TyperGroup

from service.domain.errors import ConfigurationError
from service.host.imports import importing

Entry = tuple[str, str] | Mapping[str, Any]
"""A command as ("module:attribute", summary), or a group: a mapping of entries, with its summary under ""."""

Entries = Mapping[str, Entry]

PACKAGES = "barwatch.commands"
"""The entry points of packages with commands of their own: each names a module with a mapping COMMANDS."""

ML_COMMANDS = {
    "": ("render", "train", "evaluate", "export"),
    "bench": ("render", "embed", "train"),
}
"""Commands of ml by group: where ml is not installed, they say how to get it."""


class LazyGroup(TyperGroup):
    """A group of commands that are imported when they are called."""

    entries: Entries = MappingProxyType({})
    listing = False

    def list_commands(self, ctx: typer.Context) -> list[str]:  # type: ignore[override]
        """Return every command's name."""
        del ctx
        return [name for name in self.entries if name]

    def get_command(self, ctx: typer.Context, cmd_name: str) -> Any:  # type: ignore[override]
        """Return a command; while help is written, a stand-in with its summary.

        Raises:
            ConfigurationError: it is a command of a package that is not installed, or not wholly.
        """
        entry = self.entries.get(cmd_name)
        if entry is None:
            group = "" if ctx.parent is None else str(self.name)
            if cmd_name in ML_COMMANDS.get(group, ()):
                raise _needs_ml(group, cmd_name)
            return None
        if self.listing:
            return TyperCommand(cmd_name, help=entry[""] if isinstance(entry, Mapping) else entry[1])
        return _loaded(cmd_name, entry)

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """Write the help without importing a command."""
        self.listing = True
        try:
            super().format_help(ctx, formatter)
        finally:
            self.listing = False


def with_packages(own: Entries) -> Entries:
    """Return our own entries, then those of installed packages; groups of one name become one."""
    found: dict[str, Entry] = dict(own)
    for point in entry_points(group=PACKAGES):
        try:
            entries: Entries = import_module(point.module).COMMANDS
        except ImportError:
            continue  # reported when one of its commands is called
        for name, entry in entries.items():
            before = found.get(name, {})
            both = isinstance(before, Mapping) and isinstance(entry, Mapping)
            found[name] = {**entry, **before} if both else entry  # type: ignore[dict-item]
    return found


def _loaded(name: str, entry: Entry) -> Any:
    if isinstance(entry, Mapping):
        group = LazyGroup(name=name, help=entry[""], no_args_is_help=True)
        group.entries = entry
        return group
    module, _, attribute = entry[0].partition(":")
    try:
        with importing():
            found = getattr(import_module(module), attribute)
    except ModuleNotFoundError as error:
        if module.startswith("ml.") and (error.name or "").split(".")[0] not in {"ml", "lifts"}:
            raise _needs_ml("", name) from error
        raise
    if not isinstance(found, typer.Typer):
        alone = typer.Typer(add_completion=False)
        alone.command(name)(found)
        found = alone
    command = typer.main.get_command(found)
    command.name = name
    return command


def _needs_ml(group: str, name: str) -> ConfigurationError:
    words = " ".join(word for word in ("barwatch", group, name) if word)
    return ConfigurationError(f"`{words}` needs the ml extra: pip install 'barwatch[ml]'")
