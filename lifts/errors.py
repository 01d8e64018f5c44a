"""Errors in a lift's description."""

from __future__ import annotations


class LiftError(ValueError):
    """A lift folder or mask that cannot be used; the message names the file, the key and the value."""


class MaskError(LiftError):
    """A mask that cannot be used; the message says why."""


class PictureError(LiftError):
    """A file that is no picture that can be used; the message says why and what to do."""
