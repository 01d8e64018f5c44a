"""A real HTTP server that takes what outputs post; it can go away and come back on the same port."""

from __future__ import annotations

import ssl
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from service.host.runner import Runner


@dataclass(frozen=True)
class Posted:
    path: str
    headers: Mapping[str, str]
    body: bytes


Answer = Callable[[Posted], tuple[int, Mapping[str, str]]]


@dataclass(eq=False)
class HttpReceiver:
    """answer: what each post is answered with; tls: what makes it speak HTTPS."""

    answer: Answer = lambda _: (204, {})
    tls: ssl.SSLContext | None = None
    posts: list[Posted] = field(default_factory=list)
    port: int = 0

    def __post_init__(self) -> None:
        self.lock = threading.Lock()
        self.come_back()

    def come_back(self) -> None:
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            timeout = 5

            def do_POST(self) -> None:
                length = int(self.headers.get("content-length", "0"))
                headers = {name.lower(): value for name, value in self.headers.items()}
                post = Posted(self.path, headers, self.rfile.read(length))
                status, sent = receiver.answer(post)
                if 200 <= status < 300:
                    with receiver.lock:
                        receiver.posts.append(post)
                self.send_response(status)
                for name, value in sent.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", "0")
                self.send_header("Connection", "close")
                self.end_headers()

            def log_message(self, *_: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", self.port), Handler)
        self.server.daemon_threads = True
        if self.tls is not None:
            self.server.socket = self.tls.wrap_socket(self.server.socket, server_side=True)
        self.port = self.server.server_address[1]
        self._runner = Runner("receiver", lambda: self.server.serve_forever(0.01))
        self._runner.start()

    def go_away(self) -> None:
        self._runner.stopping.set()
        self.server.shutdown()
        self.server.server_close()
        self._runner.stop()

    @property
    def url(self) -> str:
        return f"http{'s' if self.tls else ''}://127.0.0.1:{self.port}/alarms"
