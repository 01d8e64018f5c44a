"""Watches every camera: one that nobody watches begins anew with its next viewer, and its carriers with it.

python -m tests.cluster.viewer URL…    says when a stream's pictures come later, or earlier, than before
"""

from __future__ import annotations

import sys
import threading
import time

import av

SHIFT_S = 0.5


def watch(url: str) -> None:
    """Read a stream for ever."""
    offset_s: float | None = None
    with av.open(url, options={"rtsp_transport": "tcp"}) as stream:
        for packet in stream.demux(video=0):
            if packet.pts is None or packet.time_base is None:
                continue
            found_s = time.monotonic() - float(packet.pts * packet.time_base)
            if offset_s is None or abs(found_s - offset_s) > SHIFT_S:
                moved = "begins" if offset_s is None else f"moved by {found_s - offset_s:+.2f} s"
                print(f"{time.time():.1f} {url} {moved}", flush=True)  # noqa: T201
                offset_s = found_s
    print(f"{time.time():.1f} {url} has ended", flush=True)  # noqa: T201


def main() -> None:
    """Watch the streams that are named."""
    for url in sys.argv[1:]:
        threading.Thread(target=watch, args=(url,)).start()


if __name__ == "__main__":
    main()
