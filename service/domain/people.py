"""Who may do what."""

from __future__ import annotations

from enum import StrEnum


class Role(StrEnum):
    """Who may do what: viewer reads, operator acts, admin configures; each includes the one before."""

    VIEWER = "viewer"
    OPERATOR = "operator"
    ADMIN = "admin"
