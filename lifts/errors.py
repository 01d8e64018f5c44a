"""Errors in a lift's description."""

from __future__ import annotations

from collections.abc import Mapping


class LiftError(ValueError):
    """A lift folder or mask that cannot be used; the message names the file, the key and the value.

    code, parameters: the same for programs; empty where only a person can do something about it.
    """

    def __init__(self, message: str = "", code: str = "", **parameters: float | str) -> None:
        super().__init__(message)
        self.code = code
        self.parameters: Mapping[str, float | str] = parameters


class MaskError(LiftError):
    """A mask that cannot be used; the message says why."""


class PictureError(LiftError):
    """A file that is no picture that can be used; the message says why and what to do."""
