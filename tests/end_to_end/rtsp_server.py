"""A real RTSP server (GStreamer) that plays each given file from its beginning to whoever connects.

Run by Debian's own Python, which has GStreamer's bindings:
    /usr/bin/python3 rtsp_server.py NAME=FILE…   prints the address of each, then serves until stopped;
    on the port RTSP_PORT if that is set, else on a free one.
"""

import os
import sys

import gi  # type: ignore[import-not-found]

gi.require_version("Gst", "1.0")
gi.require_version("GstRtspServer", "1.0")
from gi.repository import GLib, Gst, GstRtspServer  # type: ignore[import-not-found]  # noqa: E402


def main() -> None:
    """Serve the files named on the command line."""
    Gst.init(None)
    server = GstRtspServer.RTSPServer()
    server.set_address("127.0.0.1")
    server.set_service(os.environ.get("RTSP_PORT", "0"))
    for argument in sys.argv[1:]:
        name, _, file = argument.partition("=")
        factory = GstRtspServer.RTSPMediaFactory()
        factory.set_launch(
            f'( filesrc location="{file}" ! qtdemux ! h264parse config-interval=-1 '
            "! rtph264pay name=pay0 pt=96 )"
        )
        server.get_mount_points().add_factory(f"/{name}", factory)
    server.attach(None)
    for argument in sys.argv[1:]:
        name = argument.partition("=")[0]
        sys.stdout.write(f"{name} rtsp://127.0.0.1:{server.get_bound_port()}/{name}\n")
    sys.stdout.flush()
    GLib.MainLoop().run()


if __name__ == "__main__":
    main()
