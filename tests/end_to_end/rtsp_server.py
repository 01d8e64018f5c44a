"""A real RTSP server (GStreamer) that plays each given file from its beginning to whoever connects.

Run by Debian's own Python, which has GStreamer's bindings:
    /usr/bin/python3 rtsp_server.py NAME=FILE…   prints the address of each, then serves until stopped;
    on the port RTSP_PORT if that is set, else on a free one; over RTSP_TRANSPORT (tcp or udp) alone if that
    is set; without RTSP_LOSS (0..1) of its packets if that is set; to nobody but the user `viewer` with the
    password RTSP_PASSWORD if that is set; as a camera does it, the same pictures to all who look, as long as
    somebody does, if RTSP_SHARED is set.
"""

import os
import sys

import gi  # type: ignore[import-not-found]

gi.require_version("Gst", "1.0")
gi.require_version("GstRtspServer", "1.0")
gi.require_version("GstRtsp", "1.0")
from gi.repository import GLib, Gst, GstRtsp, GstRtspServer  # type: ignore[import-not-found]  # noqa: E402


def main() -> None:
    """Serve the files named on the command line."""
    Gst.init(None)
    server = GstRtspServer.RTSPServer()
    server.set_address("127.0.0.1")
    server.set_service(os.environ.get("RTSP_PORT", "0"))
    loss = os.environ.get("RTSP_LOSS")
    payload = "name=pay0 pt=96" if loss is None else f"pt=96 ! identity name=pay0 drop-probability={loss}"
    password = os.environ.get("RTSP_PASSWORD")
    if password is not None:
        auth = GstRtspServer.RTSPAuth()
        token = GstRtspServer.RTSPToken()
        token.set_string("media.factory.role", "viewer")
        auth.set_supported_methods(GstRtsp.RTSPAuthMethod.DIGEST)
        auth.add_digest("viewer", password, token)
        server.set_auth(auth)
    for argument in sys.argv[1:]:
        name, _, file = argument.partition("=")
        factory = GstRtspServer.RTSPMediaFactory()
        factory.set_launch(
            f'( filesrc location="{file}" ! qtdemux ! h264parse config-interval=-1 ! rtph264pay {payload} )'
        )
        factory.set_shared("RTSP_SHARED" in os.environ)
        transport = os.environ.get("RTSP_TRANSPORT")
        if transport is not None:
            factory.set_protocols(getattr(GstRtsp.RTSPLowerTrans, transport.upper()))
        if password is not None:
            factory.add_role_from_structure(
                Gst.Structure.from_string("viewer,media.factory.access=true,media.factory.construct=true")[0]
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
