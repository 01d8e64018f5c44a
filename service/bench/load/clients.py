"""Clients as open pages are: each follows the alarms and asks for the overview every two seconds.

A process of its own, so that its processor time is not the service's. It ends when its input is closed, and
then prints what it received as JSON.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import sys

import httpx
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

POLL_S = 2.0
"""As the page does (service/console/src/state/watch.ts)."""


async def _follow(url: str, headers: dict[str, str], counts: dict[str, int]) -> None:
    address = url.replace("http", "ws", 1) + "/alarms"
    with contextlib.suppress(ConnectionClosed):
        async with connect(address, additional_headers=headers) as feed:
            async for _ in feed:
                counts["messages"] += 1


async def _poll(client: httpx.AsyncClient, after_s: float, counts: dict[str, int]) -> None:
    await asyncio.sleep(after_s)  # pages were not opened at the same moment
    while True:
        answer = await client.get("/overview")
        counts["answers"] += answer.status_code == httpx.codes.OK
        counts["refused"] += answer.status_code != httpx.codes.OK
        counts["bytes"] += len(answer.content)
        await asyncio.sleep(POLL_S)


async def _run(url: str, token: str, number: int) -> dict[str, int]:
    headers, counts = {"Authorization": f"Bearer {token}"}, dict.fromkeys(_COUNTED, 0)
    async with (
        httpx.AsyncClient(base_url=url, headers=headers, timeout=30.0) as client,
        asyncio.TaskGroup() as group,
    ):
        tasks = [group.create_task(_follow(url, headers, counts)) for _ in range(number)]
        tasks += [
            group.create_task(_poll(client, POLL_S * one / max(number, 1), counts)) for one in range(number)
        ]
        await asyncio.to_thread(sys.stdin.read)
        for task in tasks:
            task.cancel()
    return counts


_COUNTED = ("messages", "answers", "refused", "bytes")


def main() -> None:
    """Run as many clients as the arguments say: URL, NUMBER; the token is in the environment."""
    url, number = sys.argv[1], int(sys.argv[2])
    print(json.dumps(asyncio.run(_run(url, os.environ["BARWATCH_TOKEN"], number))))  # noqa: T201


if __name__ == "__main__":
    main()
