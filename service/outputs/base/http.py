"""Posting over HTTP: to an address that was checked, verified, without redirects, within a time."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field

import httpx

from service.domain.camera import CameraNetworks
from service.outputs.base.dialling import addresses, trusted
from service.outputs.base.problems import OutputError, OutputProblem, RefusedForGoodError, caused_by

MOST_BYTES = 65_536
"""Of an answer, which nobody reads but its beginning."""


@dataclass(frozen=True, slots=True)
class HttpAnswer:
    """What a receiver answered: its status, headers with names in small letters, and the body's beginning."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""


class HttpDoor:
    """Posts to receivers; open and close it on one event loop.

    Args:
        networks: what may be dialled.
        timeout_s: how long one post may take, whatever the receiver does.
        authority: the only certificate authority that is trusted (PEM); None: the machine's.
        encrypted: whether it posts to https:// only; loading the authorities takes a while.
    """

    def __init__(
        self,
        networks: CameraNetworks,
        timeout_s: float,
        authority: str | None = None,
        *,
        encrypted: bool = True,
    ) -> None:
        self._networks, self._timeout_s = networks, timeout_s
        self._client = httpx.AsyncClient(
            verify=_context(authority) if encrypted else _nobody(),
            trust_env=False,  # a proxy of the environment would dial for us, and check nothing
            follow_redirects=False,
            timeout=timeout_s,
        )

    async def close(self) -> None:
        """Close its connections."""
        await self._client.aclose()

    async def post(self, url: str, content: bytes, headers: Mapping[str, str]) -> HttpAnswer:
        """Post once; return the answer, whatever it is.

        Raises:
            OutputError: nothing was answered, or the address must not be dialled.
        """
        try:
            async with asyncio.timeout(self._timeout_s):
                return await self._posted(httpx.URL(url), content, headers)
        except TimeoutError:
            raise OutputError(OutputProblem.TIMED_OUT) from None

    async def _posted(self, url: httpx.URL, content: bytes, headers: Mapping[str, str]) -> HttpAnswer:
        port = url.port or (443 if url.scheme == "https" else 80)
        problem = OutputError(OutputProblem.REFUSED)
        for address in await addresses(url.host, port, self._networks):
            try:
                # The address in place of the name, so that nothing looks the name up once more.
                async with self._client.stream(
                    "POST",
                    url.copy_with(host=address),
                    content=content,
                    headers={**headers, "Host": url.netloc.decode("ascii")},
                    extensions={"sni_hostname": url.host},
                ) as response:
                    return HttpAnswer(
                        response.status_code, dict(response.headers), await _beginning(response)
                    )
            except httpx.ConnectError as error:
                problem = _explained(error)
            except httpx.TransportError as error:
                raise _explained(error) from None
        raise problem


def _context(authority: str | None) -> ssl.SSLContext:
    return trusted(() if authority is None else (authority,))


def _nobody() -> ssl.SSLContext:
    """Return a context that trusts no certificate: nothing encrypted is dialled with it."""
    return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


NOT_FOR_GOOD = frozenset({401, 407, 408, 425, 429})
"""Client errors that are no refusal of a message: who sends must sign in (401, 407), or come later (408, 425,
429). Source: RFC 9110, sections 15.5.2, 15.5.8 and 15.5.9; RFC 8470, section 5.2; RFC 6585, section 4."""


def refusal(answer: HttpAnswer) -> OutputError | None:
    """Return why an answer is no success, RefusedForGoodError where it says that; None if it is one (2xx)."""
    if 200 <= answer.status < 300:
        return None
    if 300 <= answer.status < 400:
        return OutputError(OutputProblem.REDIRECTED, status=answer.status)
    problem = OutputProblem.WRONG_PASSWORD if answer.status in {401, 403} else OutputProblem.REJECTED
    error = OutputError(problem, f"answered {answer.status}", status=answer.status)
    for_good = 400 <= answer.status < 500 and answer.status not in NOT_FOR_GOOD
    return RefusedForGoodError(error) if for_good else error


async def _beginning(response: httpx.Response) -> bytes:
    body = b""
    async for part in response.aiter_bytes():
        body += part
        if len(body) >= MOST_BYTES:
            break
    return body[:MOST_BYTES]


def _explained(error: httpx.TransportError) -> OutputError:
    if isinstance(error, httpx.TimeoutException):
        return OutputError(OutputProblem.TIMED_OUT)
    closed = not isinstance(error, httpx.ConnectError)
    return caused_by(error) or OutputError(OutputProblem.CLOSED if closed else OutputProblem.UNREACHABLE)
