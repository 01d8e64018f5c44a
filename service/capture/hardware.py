"""Which chip decodes: the first that this machine has, and the processor wherever there is none."""

from __future__ import annotations

import functools
import threading
from pathlib import Path
from typing import Literal

import av
from av.codec.hwaccel import HWAccel, hwdevices_available

Hardware = Literal["auto", "none", "vaapi", "cuda"]
"""What to decode on: `auto` takes the first that is there, `none` the processor."""

_DEVICES = {"vaapi": ("/dev/dri", "renderD*"), "cuda": ("/dev", "nvidia0")}
_PROBED = "h264"
_failed = threading.Event()


def accelerator(wanted: Hardware) -> HWAccel | None:
    """Return what to open a stream with, or None for the processor.

    A device counts if its file is there, FFmpeg was built for it and it can be opened: this is tried once in
    a process, because a stream that is opened in vain costs a connection. A stream that the device cannot
    decode falls back to the processor by itself.
    """
    return None if wanted == "none" or _failed.is_set() else _first(wanted)


def device() -> Hardware:
    """Return the device that decodes here; `none` where there is none."""
    kinds: tuple[Hardware, ...] = ("vaapi", "cuda")
    return next((kind for kind in kinds if _first(kind) is not None), "none")


def distrust() -> None:
    """Decode on the processor from now on, in this process: the device has begun to fail."""
    _failed.set()


def in_hardware(pixel_format: str) -> bool:
    """Say whether a frame of this format came down from a device: FFmpeg's own decoders give planes apart."""
    return pixel_format.startswith(("nv", "p0"))


@functools.cache
def _first(wanted: Hardware) -> HWAccel | None:
    for kind, (folder, pattern) in _DEVICES.items():
        if wanted not in {"auto", kind} or kind not in hwdevices_available():
            continue
        for device in sorted(Path(folder).glob(pattern)):
            named = str(device) if kind == "vaapi" else None
            found = HWAccel(kind, device=named, allow_software_fallback=True)
            try:
                found.create(av.Codec(_PROBED, "r"))
            except (av.FFmpegError, NotImplementedError):
                continue
            return found
    return None
