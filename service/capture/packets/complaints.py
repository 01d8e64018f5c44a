"""What FFmpeg says while it reads and decodes, caught and read: it tells of losses that it marks nowhere."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable

import av.logging

# FFmpeg's lines may hold the camera's URL with its password: they are caught and read here, and go nowhere.
LEVEL = av.logging.WARNING
av.logging.set_level(LEVEL)
av.logging.set_skip_repeated(False)
logging.getLogger("libav").setLevel(logging.CRITICAL + 1)

_LOST = re.compile(
    r"missed \d+ packets|bad cseq|jitter buffer full|max delay reached|num gap|missing ref"  # on the way
    r"|overread|error count|error y=|error dc|bad vlc"  # inside a JPEG
)
"""Messages of losses for which FFmpeg does not mark the picture as damaged."""


def tell_of_loss(messages: Iterable[tuple[int, str, str]]) -> bool:
    """Say whether one of FFmpeg's messages (level, who, text) means that something was lost."""
    return any(_LOST.search(message.lower()) for _, _, message in messages)
