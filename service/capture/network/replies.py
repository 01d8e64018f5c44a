"""What an RTSP camera answers before it plays: read whole and written anew, so that nothing is read twice."""

from __future__ import annotations

import re

_MOST_BYTES = 1_000_000
"""Of one answer; a description of all of a camera's streams has some thousand."""

_NAME = re.compile(rb"[A-Za-z0-9-]{1,64}")
_STATUS = re.compile(rb"[1-5][0-9][0-9]")
_LENGTH = re.compile(rb"[0-9]{1,7}")
_PLACES = {b"source", b"destination"}


class RepliesRefusedError(Exception):
    """An answer that is not passed on: it redirects (then location says where), or cannot be read."""

    def __init__(self, message: str, location: str | None = None) -> None:
        super().__init__(message)
        self.location = location


class RtspReplies:
    """Passes on a camera's answers, without what would lead FFmpeg elsewhere.

    Args:
        peer: the camera's IP address, where reports about pictures that come by UDP are sent, whatever it
            says.
    """

    def __init__(self, peer: str) -> None:
        self._peer, self._data = peer.encode("ascii"), b""

    def take(self, data: bytes) -> bytes:
        """Return the complete answers, after what came before; keeps the rest.

        Raises:
            RepliesRefusedError: one redirects, cannot be read, or is too long.
        """
        self._data += data
        passed_on = b""
        while (message := self._next()) is not None:
            passed_on += message
        if len(self._data) > _MOST_BYTES:
            raise RepliesRefusedError("too long")
        return passed_on

    def rest(self) -> bytes:
        """Return what has come of an answer that is not complete."""
        return self._data

    def _next(self) -> bytes | None:
        """Return the next whole message, None if it is not there yet."""
        data = self._data.lstrip(b"\r\n")
        if data[:1] == b"$":
            end = 4 + int.from_bytes(data[2:4], "big")
            if len(data) < max(4, end):
                return None
            self._data = data[end:]
            return data[:end]
        head, at = [], 0
        while True:
            end = data.find(b"\n", at)
            if end < 0:
                return None
            line, at = data[at:end].replace(b"\r", b""), end + 1
            if not line:
                break
            head.append(line)
        lines, length = self._written(head)
        if len(data) < at + length:
            return None
        self._data = data[at + length :]
        return b"\r\n".join([*lines, b"", data[at : at + length]])

    def _written(self, head: list[bytes]) -> tuple[list[bytes], int]:
        """Return the lines to pass on, and the length of what follows them."""
        words, length, location, lines = head[0].split(), 0, None, []
        for line in head[1:]:
            name, colon, value = (part.strip() for part in line.partition(b":"))
            key = name.lower()
            if not colon or _NAME.fullmatch(name) is None:
                continue
            if key == b"content-length":
                if _LENGTH.fullmatch(value) is None:
                    raise RepliesRefusedError("no length")
                length = int(value)
            elif key == b"location":
                location = value.decode("latin-1")
            else:
                lines.append(name + b": " + (self._transport(value) if key == b"transport" else value))
        if words and words[0].upper().startswith(b"RTSP/"):
            if len(words) < 2 or _STATUS.fullmatch(words[1]) is None:
                raise RepliesRefusedError("no status")
            if words[1].startswith(b"3"):
                raise RepliesRefusedError("redirects", location)
        if length:
            lines.append(b"Content-Length: %d" % length)
        return [b" ".join(words), *lines], length

    def _transport(self, value: bytes) -> bytes:
        parts = [part.strip() for part in value.partition(b",")[0].split(b";")]
        kept = [part for part in parts if part.partition(b"=")[0].strip().lower() not in _PLACES]
        if not any(part.lower().startswith(b"interleaved") for part in kept):
            kept.append(b"source=" + self._peer)
        return b";".join(kept)
