"""Why an output does not deliver, as codes; foreign errors become these at its boundary."""

from __future__ import annotations

import socket
import ssl
from enum import StrEnum

from service.domain.errors import BarwatchError, SecretError, StoreError


class OutputProblem(StrEnum):
    """Why an output does not deliver."""

    NO_SUCH_HOST = "no_such_host"
    FORBIDDEN_ADDRESS = "forbidden_address"
    """The host's address is in no network that outputs may dial (BARWATCH_OUTPUT_NETWORKS)."""
    REFUSED = "refused"
    UNREACHABLE = "unreachable"
    TIMED_OUT = "timed_out"
    TLS_FAILED = "tls_failed"
    """No encrypted connection: the certificate is not trusted, or is another host's."""
    WRONG_PASSWORD = "wrong_password"  # noqa: S105 - a code
    REJECTED = "rejected"
    """The receiver answered that it does not take it; the parameter `status` says how."""
    REDIRECTED = "redirected"
    """The receiver is elsewhere now; no redirect is followed."""
    CLOSED = "closed"
    """The receiver ended the connection."""
    SECRET_UNREADABLE = "secret_unreadable"  # noqa: S105 - a code
    """Its password or key was encrypted with another key, or is missing."""
    MISCONFIGURED = "misconfigured"
    """Its settings cannot be used; the parameter `where` says which."""
    STORE_UNAVAILABLE = "store_unavailable"
    """The database does not answer, so nobody knows what to deliver."""
    IN_USE = "in_use"
    """The port that it listens on is taken."""
    CRASHED = "crashed"
    """A fault of the output itself; the log has it."""


class OutputError(BarwatchError):
    """An output that could not deliver; `problem` says why, parameters say more. Never holds a secret."""

    def __init__(self, problem: OutputProblem, message: str = "", **parameters: float | str) -> None:
        super().__init__(message or problem.value.replace("_", " "), problem.value, **parameters)
        self.problem = problem


class RefusedForGoodError(OutputError):
    """The receiver said of a message, by its protocol's own meaning, that it will not take it however often.

    carried: how many deliveries were in the message.
    """

    def __init__(self, error: OutputError, carried: int = 1) -> None:
        super().__init__(error.problem, str(error), **error.parameters)
        self.carried = carried


def output_error(error: BaseException) -> OutputError:
    """Return what an output raised as one of our own errors; CRASHED for what nobody foresaw."""
    if isinstance(error, BaseExceptionGroup):
        return output_error(error.exceptions[0])
    if isinstance(error, OutputError):
        return error
    if isinstance(error, SecretError):
        return OutputError(OutputProblem.SECRET_UNREADABLE)
    if isinstance(error, StoreError):
        return OutputError(OutputProblem.STORE_UNAVAILABLE)
    return _of_the_system(error) or OutputError(OutputProblem.CRASHED, type(error).__name__)


def caused_by(error: BaseException) -> OutputError | None:
    """Return which error of the system lies behind a library's; None if there is none."""
    cause: BaseException | None = error
    while cause is not None:
        if (found := _of_the_system(cause)) is not None:
            return found
        cause = cause.__cause__ or cause.__context__
    return None


def _of_the_system(error: BaseException) -> OutputError | None:
    return next((OutputError(problem) for kind, problem in _SYSTEM if isinstance(error, kind)), None)


_SYSTEM: tuple[tuple[type[BaseException], OutputProblem], ...] = (
    (socket.gaierror, OutputProblem.NO_SUCH_HOST),
    (ssl.SSLError, OutputProblem.TLS_FAILED),
    (TimeoutError, OutputProblem.TIMED_OUT),
    (ConnectionRefusedError, OutputProblem.REFUSED),
    (ConnectionError, OutputProblem.CLOSED),
    (OSError, OutputProblem.UNREACHABLE),
)
