"""A command's module is imported when the command is called, and not before."""

import subprocess
import sys
from collections.abc import Iterator, Mapping
from importlib import import_module

import pytest
import typer

from service.cli import Barwatch
from service.commands.lazy import Entries


def _leaves(entries: Entries) -> Iterator[tuple[str, str]]:
    """Every command's target and summary."""
    for name, entry in entries.items():
        if isinstance(entry, Mapping):
            yield from _leaves(entry)
        elif name:
            yield entry


@pytest.mark.parametrize(("target", "summary"), list(_leaves(Barwatch.entries)))
def test_the_summary_in_the_list_is_the_commands_own(target: str, summary: str) -> None:
    """The table says what the command's docstring begins with, or the group's help."""
    module, _, attribute = target.partition(":")
    found = getattr(import_module(module), attribute)
    own = found.info.help if isinstance(found, typer.Typer) else found.__doc__.splitlines()[0]
    assert summary == own


@pytest.mark.thorough
@pytest.mark.parametrize("words", [["--help"], ["bench", "--help"], ["bench"], ["no-such-command"]])
def test_help_imports_no_command(words: list[str]) -> None:
    """Neither torch nor the web framework nor any command is loaded to list the commands."""
    code = (
        "import sys, atexit\n"
        "heavy = ('torch', 'cv2', 'fastapi', 'sqlalchemy', 'ml.commands', 'service.commands.serve')\n"
        "atexit.register(lambda: print('heavy:', [m for m in heavy if m in sys.modules]))\n"
        "sys.argv = ['barwatch', *sys.argv[1:]]\nimport service.cli; service.cli.main()"
    )
    found = subprocess.run([sys.executable, "-c", code, *words], capture_output=True, text=True, check=False)
    assert found.stdout.splitlines()[-1] == "heavy: []"
    assert "Traceback" not in found.stderr
