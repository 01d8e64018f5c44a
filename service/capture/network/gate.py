"""The one door through which FFmpeg reaches a camera: it leads to addresses that were checked.

    with Gate(stream, addresses, timeout_s=2.5) as gate:
        av.open(gate.url)     # rtsp://user:password@127.0.0.1:PORT/live

Left to itself FFmpeg would look the host's name up once more, where it may lead elsewhere by then, and it
follows an RTSP redirect wherever that points. So it speaks to a port of this machine, and what arrives there
is passed on over a connection that was made here, encrypted where the camera's address says so.
"""

from __future__ import annotations

import contextlib
import re
import selectors
import socket
import ssl
from collections.abc import Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Self

from lifts.addresses import StreamAddress
from service.capture.network.replies import RepliesRefusedError, RtspReplies
from service.host.runner import Runner

_MOST_BYTES = 65_536
_PLAYS = re.compile(rb"^PLAY ", re.MULTILINE)


@dataclass(eq=False)
class _Link:
    """FFmpeg's connection and the camera's; replies: while redirects would be followed."""

    near: socket.socket
    far: socket.socket
    replies: RtspReplies | None

    def close(self) -> None:
        self.near.close()
        self.far.close()


class Gate:
    """A port of this machine that leads to one camera, for as long as the `with` block lasts.

    Args:
        stream: the camera's address.
        addresses: of its host, checked; in the order in which to try them.
        timeout_s: how long connecting may take, and how long the camera may take nothing.

    Raises:
        OSError: none of the addresses answers, or what answers speaks no TLS where it should.
    """

    def __init__(self, stream: StreamAddress, addresses: Sequence[str], timeout_s: float) -> None:
        self._stream, self._addresses, self._timeout_s = stream, addresses, timeout_s
        self.location: str | None = None
        """Where the camera redirected to, which was not followed."""
        self._dialled: socket.socket | None = self._dial()
        self._server = socket.create_server(("127.0.0.1", 0))
        self._woken, self._wake = socket.socketpair()
        self._runner = Runner("gate", self._serve, wake=self._wake.close)

    def __enter__(self) -> Self:
        self._runner.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._runner.stop(2 * self._timeout_s)  # longer than any camera can hold it up
        for each in (self._server, self._woken, self._dialled):
            if each is not None:
                each.close()

    @property
    def url(self) -> str:
        """What FFmpeg is to open: the stream's address with this port in place of its host; secret."""
        scheme = "rtsp" if self._stream.scheme.startswith("rtsp") else "http"
        user = "" if self._stream.user_info is None else f"{self._stream.user_info}@"
        return f"{scheme}://{user}127.0.0.1:{self._server.getsockname()[1]}{self._stream.rest}"

    def _dial(self) -> socket.socket:
        refusal: OSError = ConnectionRefusedError()
        for address in self._addresses:
            try:
                return self._secured(
                    socket.create_connection(
                        (address, self._stream.port), self._timeout_s / len(self._addresses)
                    )
                )
            except OSError as error:
                refusal = error
        raise refusal

    def _secured(self, plain: socket.socket) -> socket.socket:
        plain.settimeout(self._timeout_s)
        plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, True)
        if self._stream.scheme not in {"rtsps", "https"}:
            return plain
        # Cameras sign their certificates themselves, and old ones know only what is no longer safe.
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        context.minimum_version = ssl.TLSVersion.MINIMUM_SUPPORTED
        context.set_ciphers("DEFAULT:@SECLEVEL=0")
        try:
            return context.wrap_socket(plain, server_hostname=self._stream.host)
        except OSError:
            plain.close()
            raise

    def _serve(self) -> None:
        links: set[_Link] = set()
        with selectors.DefaultSelector() as selector:
            selector.register(self._server, selectors.EVENT_READ)
            selector.register(self._woken, selectors.EVENT_READ)
            try:
                while True:
                    for key, _ in selector.select():
                        if key.fileobj is self._woken:
                            return
                        if key.fileobj is self._server:
                            links |= self._accepted(selector)
                        elif key.data in links and not self._passed_on(selector, key):
                            links.discard(key.data)
                            self._end(selector, key.data)
            finally:
                for link in links:
                    link.close()

    def _accepted(self, selector: selectors.BaseSelector) -> set[_Link]:
        """Join FFmpeg's next connection to one to the camera; none where the camera is no longer there."""
        near, _ = self._server.accept()
        near.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, True)
        far, self._dialled = self._dialled, None
        try:
            far = far or self._dial()
            peer = far.getpeername()[0]
        except OSError:
            near.close()
            return set()
        link = _Link(near, far, RtspReplies(peer) if self._stream.scheme.startswith("rtsp") else None)
        for side in (near, far):
            selector.register(side, selectors.EVENT_READ, link)
        return {link}

    def _passed_on(self, selector: selectors.BaseSelector, key: selectors.SelectorKey) -> bool:
        """Pass on what one side has sent; False if the link is at its end."""
        link: _Link = key.data
        try:
            if key.fileobj is link.near:
                sent = link.near.recv(_MOST_BYTES)
                if link.replies is not None and _PLAYS.search(sent) is not None:
                    link.near.sendall(link.replies.rest())
                    link.replies = None  # FFmpeg follows no redirect from now on
                link.far.sendall(sent)
                return bool(sent)
            answered = self._received(link.far)
            if answered is None:
                return True
            if not answered:  # FFmpeg reads what has come, then hangs up
                selector.unregister(link.far)
                link.near.shutdown(socket.SHUT_WR)
                return True
            link.near.sendall(answered if link.replies is None else link.replies.take(answered))
        except RepliesRefusedError as error:
            self.location = error.location
            return False
        except OSError:
            return False
        return True

    def _received(self, far: socket.socket) -> bytes | None:
        """Return what the camera has sent, None if that was nothing but TLS's own messages."""
        if not isinstance(far, ssl.SSLSocket):
            return far.recv(_MOST_BYTES)
        far.settimeout(0.0)
        try:
            sent = far.recv(_MOST_BYTES)
            while far.pending():
                sent += far.recv(_MOST_BYTES)
            return sent
        except ssl.SSLWantReadError:
            return None
        finally:
            far.settimeout(self._timeout_s)

    @staticmethod
    def _end(selector: selectors.BaseSelector, link: _Link) -> None:
        for side in (link.near, link.far):
            with contextlib.suppress(KeyError):
                selector.unregister(side)
        link.close()
