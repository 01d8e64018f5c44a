"""What the simulation assumes: values with their range and source, or a reader's own."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

OWN = Path(__file__).with_name("assumed.toml")


@dataclass(frozen=True)
class Assumption:
    """A value that was not measured: low to high is the range in which it plausibly lies."""

    name: str
    value: float
    low: float
    high: float
    unit: str
    source: str


class Assumptions:
    """All of them, by name.

    Raises:
        ValueError: a file is no TOML of this shape, or names one that does not exist.
    """

    def __init__(self, rows: dict[str, Assumption]) -> None:
        self.rows = rows

    def __getitem__(self, name: str) -> float:
        """Return a value."""
        return self.rows[name].value

    @classmethod
    def read(cls, of_reader: Path | None = None) -> Assumptions:
        """Return the project's own, with a reader's values in place of theirs."""
        rows = {
            name: Assumption(name, row["value"], row["range"][0], row["range"][1], row["unit"], row["source"])
            for name, row in _tables(OWN).items()
        }
        for name, row in _tables(of_reader).items() if of_reader is not None else ():
            if name not in rows:
                raise ValueError(f"{of_reader}: there is no assumption {name!r}")
            value = row.get("value")
            if isinstance(value, bool) or not isinstance(value, int | float) or value < 0:
                raise ValueError(f"{of_reader}: {name}: expected a value of 0 or more")
            low, high = row.get("range", (value, value))
            rows[name] = replace(
                rows[name], value=value, low=low, high=high, source=row.get("source", str(of_reader))
            )
        return cls(rows)

    def at(self, name: str, value: float) -> Assumptions:
        """Return them with another value of one."""
        return Assumptions(self.rows | {name: replace(self.rows[name], value=value)})


def _tables(path: Path) -> dict[str, dict[str, Any]]:
    try:
        found: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ValueError(f"{path}: {error}") from None
    if not all(isinstance(row, dict) for row in found.values()):
        raise ValueError(f"{path}: expected a table for each assumption, with its value")
    return found
