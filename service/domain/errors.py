"""The service's own errors: foreign exceptions are translated to these at the boundary.

Each carries what an operator can act on. Imports nothing of the service.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from lifts.decision.reasons import Reason


class BarwatchError(Exception):
    """Base of every error of the service; the message is for people, `parameters` are for programs."""

    parameters: Mapping[str, float | str] = {}
    code: str = ""
    """Which error it is, for programs; empty where the kind of answer says enough."""

    def __init__(self, message: str = "", code: str = "", **parameters: float | str) -> None:
        super().__init__(message)
        self.code, self.parameters = code or type(self).code, parameters


class ConfigurationError(BarwatchError):
    """A setting, lift folder or secret that the service cannot start with."""


class DatabaseDamagedError(ConfigurationError):
    """A database that is not opened because it is damaged or missing; nothing of it was changed."""

    code = "database_damaged"


class BackupError(BarwatchError):
    """A backup that could not be made, or that is not good."""

    code = "backup_failed"


class ArtefactError(ConfigurationError):
    """The model file or its manifest is missing, damaged or not the one the manifest describes."""


class DeviceError(ArtefactError):
    """The accelerator that the model was to run on is not there or fails; the model itself is in order."""


class SourceProblem(StrEnum):
    """Why a camera cannot be watched."""

    NO_SUCH_HOST = "no_such_host"
    REFUSED = "refused"
    UNREACHABLE = "unreachable"
    WRONG_PASSWORD = "wrong_password"  # noqa: S105 - a code
    NOT_FOUND = "not_found"
    NO_VIDEO = "no_video"
    BROKE_OFF = "broke_off"
    NOT_A_CAMERA = "not_a_camera"
    TIMED_OUT = "timed_out"
    NO_SUCH_SECRET = "no_such_secret"  # noqa: S105 - a code
    SECRET_UNREADABLE = "secret_unreadable"  # noqa: S105 - a code
    SECRET_OF_ANOTHER_HOST = "secret_of_another_host"  # noqa: S105 - a code
    REDIRECTED = "redirected"
    ANOTHER_SHAPE = "another_shape"
    ANOTHER_SCENE = "another_scene"


class SourceError(BarwatchError):
    """A camera or video file that cannot be opened or read.

    problem: why, where that is known.
    """

    def __init__(self, message: str, problem: SourceProblem | None = None) -> None:
        super().__init__(message)
        self.problem = problem


class SecretError(ConfigurationError):
    """A camera's stored password that cannot be used.

    problem: why.
    """

    def __init__(self, message: str, problem: SourceProblem, name: str) -> None:
        super().__init__(message, problem.value, name=name)
        self.problem = problem

    def __reduce__(self) -> tuple[type[SecretError], tuple[str, SourceProblem, str]]:
        """Come whole through a pipe between processes."""
        return SecretError, (str(self), self.problem, str(self.parameters["name"]))


class CalibrationError(BarwatchError):
    """A video from which no track can be proposed; the message says why, the code as well."""


class ImageError(BarwatchError):
    """An uploaded picture or mask that cannot be used; the message says why."""


class EnrolmentError(BarwatchError):
    """Masks that cannot be enrolled; the message says why."""


class NotFoundError(BarwatchError):
    """A lift, mask version, passage, alarm or picture that does not exist."""


class GoneError(NotFoundError):
    """What was there once and is no longer kept; the record of it says why."""


class ConflictError(BarwatchError):
    """An action that the thing's present state does not allow."""


class ChangedElsewhereError(ConflictError):
    """A change to something that somebody else has changed since it was read."""


class FencedError(ConflictError):
    """A report about a camera by an owner whose it is not (any more)."""


class DamagedError(ConflictError):
    """A stored record that can no longer be read; the others are not affected."""

    code = "damaged"


class TooFewPassagesError(ConflictError):
    """A lift that has not been watched enough to learn from.

    parameters: `seen`, how many passages could be used, and `needed`.
    """

    def __init__(self, seen: int, needed: int, what: str) -> None:
        message = f"{seen} {'passage' if seen == 1 else 'passages'} {what}: {needed} are needed"
        super().__init__(message, "too_few_passages", seen=seen, needed=needed)


class EngineUnavailableError(BarwatchError):
    """The embedder's worker is down or did not answer before its deadline.

    reason: the same as a code, for the passages that were with it.
    """

    def __init__(self, message: str, reason: Reason = Reason.WORKER_DOWN) -> None:
        super().__init__(message, reason.value)
        self.reason = reason


class StoreError(BarwatchError):
    """The database cannot take or answer a job: full disk, damaged file, or too many jobs waiting."""

    code = "store_unavailable"


class EvidenceUnreachableError(StoreError):
    """The shared store of evidence does not answer: whether a file is there cannot be said."""

    code = "evidence_unreachable"


class SupersededError(StoreError):
    """A write of a service that led, and does not lead any more: nothing of it is stored."""


class BusyError(BarwatchError):
    """Too many requests of one kind are being handled: try again in a few seconds."""

    code = "busy"


class WeakPasswordError(BarwatchError):
    """A password that is too easily guessed."""


class OpenIdError(BarwatchError):
    """A sign-in at an OpenID provider that does not succeed; the code says why."""
