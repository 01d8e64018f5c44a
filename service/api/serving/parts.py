"""Files of evidence as answers, whole or a part: from this machine's disk, or from a shared store."""

from __future__ import annotations

import re
from collections.abc import Mapping

from fastapi import Request, Response
from fastapi.responses import FileResponse

from service.store.clips.folder import ClipFolder
from service.store.pictures import Pictures

_PART = re.compile(r"bytes=(\d*)-(\d*)")


def part_of(
    kept: Pictures | ClipFolder, file: str, media_type: str, headers: Mapping[str, str], request: Request
) -> Response:
    """Return a stored file, or the part of it that `Range` asks for: 206, or 416 if there is no such part.

    Raises:
        NotFoundError: it is gone, or not there yet.
        EvidenceUnreachableError: the shared store does not answer.
    """
    if not kept.files.is_shared:
        return FileResponse(kept.path(file), media_type=media_type, headers=headers)
    # At once: the file may leave this disk while it is being sent.
    content = kept.there(file)
    said = {**headers, "Accept-Ranges": "bytes"}
    asked = _PART.fullmatch(request.headers.get("range", ""))
    if asked is None or not any(asked.groups()):
        return Response(content, media_type=media_type, headers=said)
    first, last = asked.groups()
    begin = int(first) if first else max(len(content) - int(last), 0)
    end = min(int(last) + 1, len(content)) if first and last else len(content)
    if begin >= end:
        return Response(status_code=416, headers={**said, "Content-Range": f"bytes */{len(content)}"})
    said["Content-Range"] = f"bytes {begin}-{end - 1}/{len(content)}"
    return Response(content[begin:end], 206, said, media_type)
