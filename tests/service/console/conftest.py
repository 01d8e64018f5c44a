"""A real browser on the real application, served by uvicorn."""

import asyncio
import contextlib
import os
import socket
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import uvicorn
from playwright.sync_api import Browser, Page, Playwright, Route, expect, sync_playwright

from service.api.sessions import Principal
from service.console import build
from service.domain.people import Role
from service.store.alarms import last_seq
from tests.service.api.conftest import House, _plain_logs, make_house

__all__ = ["_plain_logs", "make_house"]

PATIENCE_MS = 180_000
"""For how long is awaited what has to come: a slow machine, busy with other things, takes minutes."""

SHELL, CHROMIUM = "/usr/bin/chromium-headless-shell", "/usr/bin/chromium"
"""The first one draws pages and nothing else: a window of it takes a fifth of what the other's takes."""

ARGUMENTS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@dataclass
class Served:
    """An application that listens."""

    house: House
    url: str
    server: uvicorn.Server
    thread: threading.Thread

    def link(self, role: Role = Role.OPERATOR) -> str:
        key = self.house.runtime.gate.sessions.new_key(Principal(f"the {role.value}", role))
        return f"{self.url}/#key={key}"

    def stop(self) -> None:
        self.server.should_exit = True
        self.thread.join()


@pytest.fixture(scope="session")
def built() -> None:
    """The page as its sources are now; `make setup` has built it already."""
    build.build()


@pytest.fixture
def served(built: None, make_house: Callable[..., House], browser: Browser) -> Iterator[Served]:
    """The application on a port of its own while its pages are open; the hub lives on the server's loop."""
    with serving(make_house(heartbeat_s=0.5, serve=True)) as made:
        yield made
        for context in browser.contexts:  # a page that outlives its service asks for it again and again
            context.close()


@contextlib.contextmanager
def serving(house: House, port: int = 0) -> Iterator[Served]:
    """Serve an application that was made with `serve=True`."""
    listener = socket.create_server(("127.0.0.1", port))
    config = uvicorn.Config(
        house.app, log_config=None, access_log=False, lifespan="off", timeout_graceful_shutdown=1
    )
    server = uvicorn.Server(config)

    with house.store.reading() as session:
        newest = last_seq(session)

    async def run() -> None:
        await house.runtime.hub.start(newest)
        await server.serve(sockets=[listener])

    thread = threading.Thread(target=asyncio.run, args=(run(),), daemon=True)
    thread.start()
    made = Served(house, f"http://127.0.0.1:{listener.getsockname()[1]}", server, thread)
    yield made
    made.stop()
    listener.close()


@contextlib.contextmanager
def unreached(page: Page) -> Iterator[None]:
    """No call of a page reaches the service; its feed goes on.

    Not `set_offline`: with a WebSocket open Chromium then waits on a whole core.
    """
    page.context.route("**/*", lambda route: route.abort("internetdisconnected"))
    yield
    page.context.unroute("**/*")


def held_back(page: Page, pattern: str) -> list[Route]:
    """Hold back the next request to an address; it is in the list as soon as it was made."""
    routes: list[Route] = []

    def hold(route: Route) -> None:
        routes.append(route)

    page.route(pattern, hold, times=1)
    return routes


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """Debian's Chromium, headless. Ends with the folder: while it lives, no other event loop may run here."""
    if chromium() is None:
        reason = "there is no Chromium: run tests/install-system"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    with sync_playwright() as playwright:
        expect.set_options(timeout=PATIENCE_MS)
        browser = launch(playwright)
        yield browser
        browser.close()


def chromium() -> str | None:
    """Return which of Debian's Chromiums is installed."""
    return next((path for path in (SHELL, CHROMIUM) if Path(path).exists()), None)


def launch(playwright: Playwright) -> Browser:
    """Start it without a window."""
    return playwright.chromium.launch(executable_path=chromium(), args=ARGUMENTS)
