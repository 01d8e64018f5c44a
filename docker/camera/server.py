"""The demonstration's cameras: recorded videos as live RTSP streams that never end.

Run by Debian's own Python, which has GStreamer's bindings:
    /usr/bin/python3 server.py NAME=FILE…    serves rtsp://HOST:8554/NAME

A camera is live: everybody who connects sees the same picture at the same time. Each video holds whole rounds
of its lift, so that its end continues at its beginning.
"""

from __future__ import annotations

import os
import signal
import sys
from dataclasses import dataclass
from typing import Any

import gi  # type: ignore[import-not-found]

gi.require_version("Gst", "1.0")
gi.require_version("GstRtspServer", "1.0")
from gi.repository import GLib, Gst, GstRtspServer  # type: ignore[import-not-found]  # noqa: E402

PORT = "8554"
CAPS = "video/x-h264,stream-format=avc,alignment=au"
AHEAD_BYTES = 200_000
"""How much of a stream may wait to be sent: about a second."""


@dataclass(frozen=True)
class Recording:
    """A video's coded pictures in decoding order, and its duration."""

    caps: Any
    pictures: list[tuple[bytes, int, int]]
    """Of each: its bytes, its decoding time and its presentation time, in ns from the first decoding."""
    duration_ns: int


def read(file: str) -> Recording:
    """Read a recorded H.264 video.

    Raises:
        SystemExit: it cannot be read.
    """
    pipeline = Gst.parse_launch(f'filesrc location="{file}" ! qtdemux ! {CAPS} ! appsink name=out sync=false')
    pipeline.set_state(Gst.State.PLAYING)
    out = pipeline.get_by_name("out")
    caps, found, frame_ns = None, [], 40_000_000
    while (sample := out.emit("pull-sample")) is not None:
        buffer = sample.get_buffer()
        caps = sample.get_caps()
        frame_ns = buffer.duration if buffer.duration != Gst.CLOCK_TIME_NONE else frame_ns
        decoded = buffer.dts if buffer.dts != Gst.CLOCK_TIME_NONE else buffer.pts
        found.append((buffer.extract_dup(0, buffer.get_size()), decoded, buffer.pts))
    pipeline.set_state(Gst.State.NULL)
    if not found:
        sys.exit(f"camera: {file}: no H.264 video in it")
    first = found[0][1]
    pictures = [(data, decoded - first, shown - first) for data, decoded, shown in found]
    return Recording(caps, pictures, frame_ns * len(pictures))


class Playing:
    """One stream of a recording: hands out its pictures in order, round after round."""

    def __init__(self, recording: Recording) -> None:
        self._recording = recording
        self._next = 0

    def __call__(self, source: Any, _: int) -> None:
        """Give the stream its next picture; called whenever it has room."""
        rounds, index = divmod(self._next, len(self._recording.pictures))
        data, decoded, shown = self._recording.pictures[index]
        start = rounds * self._recording.duration_ns
        buffer = Gst.Buffer.new_wrapped(data)
        buffer.dts, buffer.pts = start + decoded, start + shown
        self._next += 1
        source.emit("push-buffer", buffer)


class Camera(GstRtspServer.RTSPMediaFactory):  # type: ignore[misc]
    """A camera that shows a recording to all who connect."""

    def __init__(self, recording: Recording) -> None:
        super().__init__()
        self._recording = recording
        self.set_launch(
            f"( appsrc name=in format=time max-bytes={AHEAD_BYTES} ! rtph264pay name=pay0 pt=96 )"
        )
        self.set_shared(True)
        self.connect("media-configure", self._configure)

    def do_gen_key(self, url: Any) -> str:
        """Return by what viewers share a stream: the path alone, by whatever name and port each came."""
        return str(url.abspath)

    def _configure(self, _: Any, media: Any) -> None:
        source = media.get_element().get_by_name("in")
        source.set_property("caps", self._recording.caps)
        source.connect("need-data", Playing(self._recording))


def main() -> None:
    """Serve the videos named on the command line until told to stop."""
    Gst.init(None)
    server = GstRtspServer.RTSPServer()
    server.set_service(os.environ.get("RTSP_PORT", PORT))
    for argument in sys.argv[1:]:
        name, _, file = argument.partition("=")
        server.get_mount_points().add_factory(f"/{name}", Camera(read(file)))
    if server.attach(None) == 0:
        sys.exit("camera: the port is taken")
    for argument in sys.argv[1:]:
        name = argument.partition("=")[0]
        sys.stdout.write(f"{name} rtsp://0.0.0.0:{server.get_bound_port()}/{name}\n")
    sys.stdout.flush()
    loop = GLib.MainLoop()
    GLib.unix_signal_add(GLib.PRIORITY_DEFAULT, signal.SIGTERM, loop.quit)
    loop.run()


if __name__ == "__main__":
    main()
