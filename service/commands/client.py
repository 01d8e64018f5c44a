"""API calls from the command line: over the network, or to the same application in this process."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import Any

import httpx
from starlette.types import ASGIApp

from lifts.addresses import redact
from service.domain.errors import BarwatchError, ConfigurationError
from service.settings import load_settings

TIMEOUT_S = 60.0
RETRY_S = 0.5


@dataclass(frozen=True)
class Target:
    """Where calls go: the service at `url`, or the data folder of this machine."""

    url: str | None
    data: Path | None
    model: Path | None
    device: str | None

    @classmethod
    def of(cls, url: str | None, data: Path | None, model: Path | None, device: str | None) -> Target:
        """Return the target, after checking that only one of url and data is given.

        Raises:
            ConfigurationError: both were given, or the url is not http:// or https://.
        """
        if url is not None and data is not None:
            raise ConfigurationError("expected --url or --data, not both")
        if url is not None and not url.startswith(("http://", "https://")):
            raise ConfigurationError("--url: expected http:// or https://")
        return cls(url, data, model, device)


class NotReadyError(BarwatchError):
    """A service that cannot be reached, or does not answer calls yet."""


async def request(client: httpx.AsyncClient, method: str, path: str, **content: Any) -> Any:
    """Make one call; return the answer's JSON.

    Raises:
        NotReadyError: the service cannot be reached, or is not ready.
        BarwatchError: it answered with another problem; the message says which.
    """
    try:
        answer = await client.request(method, path, **content)
    except httpx.HTTPError as error:
        raise NotReadyError(redact(f"{client.base_url}: cannot be reached: {error}")) from error
    if answer.is_success:
        return answer.json() if answer.content else None
    try:
        detail = answer.json()["detail"]
    except (ValueError, KeyError, TypeError):
        detail = answer.reason_phrase
    kind = NotReadyError if answer.status_code == HTTPStatus.SERVICE_UNAVAILABLE else BarwatchError
    raise kind(f"{detail} ({answer.status_code})")


async def patiently(call: Callable[[], Awaitable[Any]], wait_s: float) -> Any:
    """Return what `call` returns; while the service is not ready it is tried again, for `wait_s` seconds.

    Raises:
        NotReadyError: the service is not ready after that.
    """
    until_s = time.monotonic() + wait_s
    while True:
        try:
            return await call()
        except NotReadyError:
            if time.monotonic() >= until_s:
                raise
        await asyncio.sleep(min(RETRY_S, max(0.0, until_s - time.monotonic())))


def remote_client(url: str) -> httpx.AsyncClient:
    """Return a client of a running service; the token comes from BARWATCH_TOKEN.

    Raises:
        ConfigurationError: BARWATCH_TOKEN is not set.
    """
    token = os.environ.get("BARWATCH_TOKEN", "").strip()
    if not token:
        raise ConfigurationError("BARWATCH_TOKEN is not set: expected an API token of the service")
    headers = {"Authorization": f"Bearer {token}"}
    return httpx.AsyncClient(base_url=url, headers=headers, timeout=TIMEOUT_S)


def run_calls(target: Target, calls: Any) -> Any:
    """Run `calls(client)`, a coroutine function, against the target and return what it returns."""

    async def run(client: httpx.AsyncClient) -> Any:
        async with client:
            return await calls(client)

    if target.url is not None:
        return asyncio.run(run(remote_client(target.url)))
    from service.commands.local import local_application  # noqa: PLC0415 - it loads the network

    settings = load_settings(data=target.data, model=target.model, device=target.device)
    with local_application(settings) as application:
        return asyncio.run(run(_local_client(application)))


def _local_client(application: ASGIApp) -> httpx.AsyncClient:
    transport = httpx.ASGITransport(application)
    return httpx.AsyncClient(transport=transport, base_url="http://local", timeout=TIMEOUT_S)
