"""Uploads: what the reader of pictures refuses is 422 with its reason, and a bomb is not decoded."""

import struct
import tracemalloc
import zlib
from typing import Any

import cv2
import pytest

from service.api.uploads import decode_upload
from service.domain.errors import ImageError
from service.domain.people import Role
from tests.lifts.pictures.test_header import REFUSED
from tests.service.api.conftest import House
from tests.tools.drawings import TAILS, chunk
from tests.tools.tiny_model import draw_picture, jpeg, png

PICTURE = draw_picture(50)
CLASSIFY = "/lifts/demo-quad/classify"


def bomb(width: int = 30_000, height: int = 30_000) -> bytes:
    """Return a PNG of that size, all black, far smaller than its pixels."""
    zeros = zlib.compressobj(9, zlib.DEFLATED, -15)
    block = zeros.compress(b"\x00" * 1_000_000) + zeros.flush(zlib.Z_FULL_FLUSH)  # may be repeated as it is
    data = b"\x78\xda" + block * (height * (width * 3 + 1) // 1_000_000)
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", data) + chunk(b"IEND", b"")


@pytest.mark.fault(18)
@pytest.mark.parametrize("route", ["classify", "masks"])
def test_what_is_no_picture_is_refused_at_every_door(house: House, route: str) -> None:
    """Other formats, polyglots, animations, truncated and empty files: 422 and why, never 5xx."""
    house.enrol()
    for content, said in REFUSED:
        upload = ("x.jpg", content, "image/jpeg")
        files = {"image": upload} if route == "classify" else {"open": upload, "close": png(PICTURE)}
        answer = house.call("POST", f"/lifts/demo-quad/{route}", Role.OPERATOR, files=files)
        assert answer.status_code == 422, said
        assert said in answer.json()["detail"]


def test_a_picture_with_a_tail_is_judged_like_the_picture(house: House) -> None:
    """Bytes behind a JPEG's end, as recorders and phones append them, change no verdict."""
    house.enrol()
    answers = []
    for tail in TAILS.values():
        files = {"image": ("x.jpg", jpeg(PICTURE) + tail, "image/jpeg")}
        answer = house.call("POST", CLASSIFY, Role.VIEWER, files=files).json()
        answers.append((answer["verdict"], answer["margin"]))
    assert answers == [("open", answers[0][1])] * len(TAILS)


@pytest.fixture
def decoded(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The lengths of all files that are decoded from now on."""
    found: list[int] = []
    decode = cv2.imdecode

    def watched(data: Any, flags: int) -> Any:
        found.append(len(data))
        return decode(data, flags)

    monkeypatch.setattr(cv2, "imdecode", watched)
    return found


@pytest.mark.fault(17)
def test_an_image_bomb_is_refused_by_its_header(house: House, decoded: list[int]) -> None:
    """A file a thousandth of its 2.7 GB of pixels: refused with nothing decoded and < 10 MB more."""
    house.enrol()
    content = bomb()
    decoded.clear()
    assert house.call("POST", CLASSIFY, Role.VIEWER, files={"image": png(PICTURE)}).status_code == 200
    assert decoded  # what is decoded is noticed
    decoded.clear()
    answer = house.call("POST", CLASSIFY, Role.VIEWER, files={"image": ("x.png", content, "image/png")})
    assert answer.status_code == 422
    assert "30000x30000" in answer.json()["detail"]
    tracemalloc.start()
    try:
        with pytest.raises(ImageError, match="30000x30000"):
            decode_upload(content, "image")
        assert tracemalloc.get_traced_memory()[1] < 10_000_000
    finally:
        tracemalloc.stop()
    assert decoded == []


def test_a_large_picture_for_nobody_is_not_decoded(house: House, decoded: list[int]) -> None:
    """8K takes long to decode: it is not begun for a lift that is unknown, or that has no such camera."""
    large = ("x.png", bomb(7680, 4320), "image/png")
    assert (
        house.call("POST", "/lifts/nobody/classify", Role.VIEWER, files={"image": large}).status_code == 404
    )
    answer = house.call("POST", "/lifts/new/masks", Role.OPERATOR, files={"open": large, "close": large})
    assert answer.status_code == 422
    assert "open mask: the picture is 7680x4320: expected 200x200" in answer.json()["detail"]
    assert decoded == []


@pytest.mark.fault(28)
@pytest.mark.parametrize(
    "credentials", [(b"authorization", b"Bearer wrong"), (b"cookie", b"barwatch_session=x")]
)
def test_of_a_strangers_upload_no_byte_is_read(house: House, credentials: tuple[bytes, bytes]) -> None:
    """Whoever has no right token is refused by the header, however much was to follow."""
    said: list[Any] = []

    async def receive() -> Any:
        raise AssertionError("the body was read")

    async def send(message: Any) -> None:
        said.append(message)

    headers = [
        (b"content-type", b"multipart/form-data; boundary=x"),
        (b"content-length", b"9000000"),
        credentials,
    ]
    scope = {
        "type": "http",
        "method": "POST",
        "path": CLASSIFY,
        "raw_path": CLASSIFY.encode(),
        "headers": headers,
        "query_string": b"",
        "http_version": "1.1",
        "scheme": "http",
        "client": ("192.0.2.1", 1),
        "server": ("testserver", 80),
        "root_path": "",
    }
    assert house.client.portal is not None
    house.client.portal.call(house.app, scope, receive, send)
    assert said[0]["status"] == 401
