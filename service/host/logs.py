"""Logging: structlog for our own lines and the libraries', JSON for machines, colours for people."""

from __future__ import annotations

import logging
import sys
from collections.abc import Mapping

import structlog
from structlog.typing import EventDict, Processor

from lifts.addresses import redact
from service.host.limits.repeats import LimitedHandler


def _without_credentials(_: object, __: str, event: EventDict) -> EventDict:
    return {key: _redacted(value) for key, value in event.items()}


def _redacted(value: object) -> object:
    """Redact what a value will be written as; an exception, path or list may hold an address too."""
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, Mapping):
        return {redact(str(key)): _redacted(each) for key, each in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_redacted(each) for each in value]
    return redact(value if isinstance(value, str) else repr(value))


def set_up_logging(level: str = "info", as_json: bool | None = None) -> None:
    """Send every log line to stderr in one shape; JSON if asked, or if stderr is no terminal."""
    json_lines = not sys.stderr.isatty() if as_json is None else as_json
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.StackInfoRenderer(),
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    last: list[Processor] = (
        [structlog.processors.JSONRenderer()]
        if json_lines
        else [structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)]
    )
    # A library's exception may hold a camera's address with its password: no line is written with one.
    last = [structlog.processors.format_exc_info, _without_credentials, *last]
    handler = LimitedHandler()
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *last],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    # The libraries' own request lines would repeat ours, URLs included.
    for noisy in ("uvicorn.access", "httpx", "httpcore", "alembic"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
    for name in ("uvicorn", "uvicorn.error"):
        logging.getLogger(name).handlers.clear()
        logging.getLogger(name).propagate = True


def write_counts(*, all_of_them: bool = False) -> None:
    """Write how many lines were left out, of each kind whose time is over; nothing if none were."""
    for handler in logging.getLogger().handlers:
        if isinstance(handler, LimitedHandler):
            handler.write_counts(all_of_them=all_of_them)
