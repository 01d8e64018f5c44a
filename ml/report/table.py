"""How documents are written: Markdown tables, templates, and the format of figures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

Result = dict[str, Any]
"""A measurement as its command wrote it: plain values from JSON."""


@dataclass(frozen=True)
class Table:
    """A Markdown table; cells are anything that prints, None and "" are left empty."""

    heads: Sequence[object]
    rows: Sequence[Sequence[object]]

    def __str__(self) -> str:
        """Return the table's lines, without a line break after the last."""
        return "\n".join([_line(self.heads), "|---" * len(self.heads) + "|", *map(_line, self.rows)])


def _line(cells: Sequence[object]) -> str:
    return "|" + "|".join(" " if cell is None or cell == "" else f" {cell} " for cell in cells) + "|"


def percent(share: float | None) -> str:
    """Return a share 0..1 in per cent with two decimals, "" for none."""
    return "" if share is None else f"{100 * share:.2f}"


def interval(ends: Sequence[float]) -> str:
    """Return an interval of shares in per cent, e.g. (95.37 to 97.20)."""
    low, high = ends
    return f"({100 * low:.2f} to {100 * high:.2f})"


def share(result: Result, name: str = "accuracy") -> str:
    """Return a share in per cent with its 95 % interval, e.g. 95.77 (94.67 to 96.65).

    Shares of verdicts stand beside their counts, under a name that ends in _share.
    """
    return (
        f"{percent(result.get(f'{name}_share', result.get(name)))} {interval(result[f'{name}_interval_95'])}"
    )


def points(ends: Sequence[float]) -> str:
    """Return an interval of differences in points, e.g. +0.31 to +2.20."""
    low, high = ends
    return f"{low:+.2f} to {high:+.2f}"


def rendered(template: str, **values: object) -> str:
    """Return a document from templates/TEMPLATE.md.j2; a value that the template lacks is an error."""
    text: str = _ENVIRONMENT.get_template(f"{template}.md.j2").render(**values)
    return text


_ENVIRONMENT = Environment(
    loader=PackageLoader("ml.report"),
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    keep_trailing_newline=True,
    autoescape=False,  # noqa: S701 - Markdown from our own figures, never shown to a browser
)
_ENVIRONMENT.filters |= {"percent": percent, "interval": interval, "share": share}
