"""How numbers are written on docs/capacity.md."""

from __future__ import annotations


def share_of(share: float) -> str:
    """Return a share in per cent, small ones with a digit more."""
    return f"{100 * share:,.0f} %" if share >= 0.01 else f"{100 * share:.1f} %"


def signed(share: float | None) -> str:
    """Return a relative error in per cent with its sign, nothing for none."""
    return "" if share is None else f"{100 * share:+.0f} %"


def two_digits(value: float) -> str:
    """Return a number with two significant digits."""
    return f"{float(f'{value:.2g}'):,.0f}"
