"""How a camera's process gets what it needs to dial: it asks the service each time, and keeps nothing."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable
from dataclasses import dataclass

from lifts.addresses import variable_prefixes
from service.capture.urls import variables_of
from service.domain.camera import ANY_NETWORK, CameraNetworks, Credentials, DialTerms
from service.domain.errors import BarwatchError, ConfigurationError

ANSWER_S = 10.0
"""How long the service may take to answer."""


@dataclass(frozen=True, slots=True)
class TermsWanted:
    """What the process sends to ask for the terms at an address.

    lift_id: whose camera it is, None if that is not known. name: of the stored user and password, None if
    the address needs none.
    """

    lift_id: str | None
    url: str
    name: str | None = None


TermsAnswer = DialTerms | BarwatchError
"""What it gets."""

FindCredentials = Callable[[str, str], Credentials]
"""Returns the credentials of a name for an address, or raises a BarwatchError (Vault.credentials)."""

FindTerms = Callable[[TermsWanted], DialTerms]
"""Returns the terms, or raises a BarwatchError."""


def no_credentials(name: str, url: str) -> Credentials:  # noqa: ARG001 - FindCredentials
    """Refuse: where there is no vault, such as in the command line."""
    raise ConfigurationError(f"password {name!r}: only the service has stored passwords")


def terms_here(wanted: TermsWanted) -> DialTerms:
    """Return the terms in a process that has the environment and no vault."""
    if wanted.name is not None:
        no_credentials(wanted.name, wanted.url)
    return DialTerms(variables_of(wanted.url, None))


def find_terms(
    wanted: TermsWanted, find_credentials: FindCredentials, networks: CameraNetworks = ANY_NETWORK
) -> DialTerms:
    """Return the terms as the service grants them.

    Raises:
        ConfigurationError: the address names a variable that is not its lift's, or is not set.
        BarwatchError: by `find_credentials`.
    """
    variables = variables_of(wanted.url, variable_prefixes(wanted.lift_id))
    credentials = None if wanted.name is None else find_credentials(wanted.name, wanted.url)
    return DialTerms(variables, credentials, networks)


def answer(
    wanted: TermsWanted, find_credentials: FindCredentials, networks: CameraNetworks = ANY_NETWORK
) -> TermsAnswer:
    """Return the terms, or why there are none."""
    try:
        return find_terms(wanted, find_credentials, networks)
    except BarwatchError as error:
        return error


class Dialling:
    """The process's side: `terms` is for the threads that dial, `answer` for the one that receives.

    Args:
        ask: sends to the service.
    """

    def __init__(self, ask: Callable[[TermsWanted], None]) -> None:
        self._ask, self._one = ask, threading.Lock()
        self._answers: queue.Queue[TermsAnswer] = queue.Queue()

    def terms(self, wanted: TermsWanted) -> DialTerms:
        """Ask for the terms and wait for them.

        Raises:
            ConfigurationError: there are none, for the reason given; or the service does not answer.
        """
        what = "the camera's password" if wanted.name is None else f"password {wanted.name!r}"
        with self._one:  # two streams of a camera are dialled by two threads
            while not self._answers.empty():  # what came too late for the dialling before
                self._answers.get_nowait()
            self._ask(wanted)
            try:
                answer = self._answers.get(timeout=ANSWER_S)
            except queue.Empty:
                raise ConfigurationError(f"{what}: the service did not answer") from None
        if isinstance(answer, ConfigurationError):
            raise answer
        if isinstance(answer, BarwatchError):
            raise ConfigurationError(f"{what}: {answer}")
        return answer

    def answer(self, answer: TermsAnswer) -> None:
        """Hand over what the service sent."""
        self._answers.put(answer)
