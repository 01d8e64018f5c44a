"""How a camera's process gets a password: it asks the service each time it dials, and keeps nothing."""

from __future__ import annotations

import queue
from collections.abc import Callable
from dataclasses import dataclass

from service.domain.camera import Credentials
from service.domain.errors import BarwatchError, ConfigurationError

ANSWER_S = 10.0
"""How long the service may take to answer."""


@dataclass(frozen=True, slots=True)
class CredentialsWanted:
    """What the process sends to ask for the user and the password at an address."""

    name: str
    url: str


CredentialsAnswer = Credentials | BarwatchError
"""What it gets."""

FindCredentials = Callable[[str, str], Credentials]
"""Returns the credentials of a name for an address, or raises a BarwatchError (Vault.credentials)."""


def no_credentials(name: str, url: str) -> Credentials:  # noqa: ARG001 - FindCredentials
    """Refuse: where there is no vault, such as in the command line."""
    raise ConfigurationError(f"password {name!r}: only the service has stored passwords")


def find(wanted: CredentialsWanted, find_credentials: FindCredentials) -> CredentialsAnswer:
    """Return what to answer."""
    try:
        return find_credentials(wanted.name, wanted.url)
    except BarwatchError as error:
        return error


class Dialling:
    """The process's side: `credentials` is for the thread that dials, `answer` for the one that receives.

    Args:
        ask: sends to the service.
    """

    def __init__(self, ask: Callable[[CredentialsWanted], None]) -> None:
        self._ask = ask
        self._answers: queue.Queue[CredentialsAnswer] = queue.Queue()

    def credentials(self, name: str, url: str) -> Credentials:
        """Ask for the credentials and wait for them.

        Raises:
            ConfigurationError: there are none, for the reason given; or the service does not answer.
        """
        while not self._answers.empty():  # what came too late for the dialling before
            self._answers.get_nowait()
        self._ask(CredentialsWanted(name, url))
        try:
            answer = self._answers.get(timeout=ANSWER_S)
        except queue.Empty:
            raise ConfigurationError(f"password {name!r}: the service did not answer") from None
        if isinstance(answer, ConfigurationError):
            raise answer
        if isinstance(answer, BarwatchError):
            raise ConfigurationError(f"password {name!r}: {answer}")
        return answer

    def answer(self, answer: CredentialsAnswer) -> None:
        """Hand over what the service sent."""
        self._answers.put(answer)
