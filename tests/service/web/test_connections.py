"""Clients that send slowly, do not read or come in crowds are cut; everybody else is answered."""

from collections.abc import Iterator
from ipaddress import ip_network

import pytest
from starlette.types import Receive, Scope, Send

from service.host.limits.descriptors import connections_allowed, raise_descriptors
from service.web.connections import DEADLINE_S, Connections
from tests.service.web.served import Served, answer, ended, web_server

ASK = b"GET / HTTP/1.1\r\nhost: x\r\n\r\n"
POST = b"POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 1000000\r\n\r\n"
FEED = (
    b"GET %s HTTP/1.1\r\nhost: x\r\nconnection: upgrade\r\nupgrade: websocket\r\n"
    b"sec-websocket-key: AAAAAAAAAAAAAAAAAAAAAA==\r\nsec-websocket-version: 13\r\n\r\n"
)
LARGE = 30_000_000
"""Bytes: more than the system takes on its way."""


async def app(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer with the number of bytes that came; /large with many."""
    if scope["type"] == "lifespan":
        while True:
            message = await receive()
            await send({"type": f"{message['type']}.complete"})
            if message["type"] == "lifespan.shutdown":
                return
    if scope["type"] == "websocket" and scope["path"] == "/refused":
        await send({"type": "websocket.http.response.start", "status": 401, "headers": []})
        await send({"type": "websocket.http.response.body", "body": b"no"})
        return
    if scope["type"] == "websocket":
        await send({"type": "websocket.accept"})
        try:
            while True:
                await send({"type": "websocket.send", "text": "x" * 100_000})
        except OSError:
            return
    count = 0
    while scope["path"] != "/early" and (message := await receive())["type"] == "http.request":
        count += len(message["body"])
        if not message["more_body"]:
            break
    body = {"/large": b"x" * LARGE, "/early": b"early"}.get(scope["path"], str(count).encode())
    headers = [(b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})


@pytest.fixture
def served() -> Iterator[Served]:
    with web_server(app) as running:
        yield running


@pytest.mark.fault(29)
def test_a_header_that_does_not_end_is_cut(served: Served) -> None:
    """Nothing, a part of it, a byte now and then, also after an answer: closed after 10 s, not before."""
    silent, partial = served.client(), served.client(ASK[:10])
    dripping, second = served.client(ASK[:5]), served.client(ASK)
    assert answer(second).startswith(b"HTTP/1.1 200")
    second.sendall(ASK[:7])
    served.settle(4)
    for byte in ASK[5 : 5 + int(DEADLINE_S) - 1]:
        dripping.sendall(bytes([byte]))
        served.pass_time(1)
    served.settle(4)
    served.pass_time(2)
    assert all(ended(client) for client in (silent, partial, dripping, second))
    served.settle(0)
    assert answer(served.client(ASK)).startswith(b"HTTP/1.1 200")


@pytest.mark.fault(29)
def test_a_body_of_a_byte_a_second_is_cut_and_a_slow_upload_is_not(served: Served) -> None:
    """The one is closed after 10 s; the other, 50 kB a second, arrives whole."""
    dripping, upload = served.client(POST), served.client(POST)
    served.settle(2)
    for second in range(20):
        if second < DEADLINE_S - 1:
            dripping.sendall(b"x")
        upload.sendall(b"x" * 50_000)
        served.pass_time(1)
    assert ended(dripping)
    assert answer(upload).endswith(b"1000000")
    served.settle(1)


@pytest.mark.fault(29)
def test_a_body_that_nobody_waits_for_is_cut_too(served: Served) -> None:
    """Where the answer was given before the body's end, the rest may not come for ever either."""
    asked = served.client(POST.replace(b"/ ", b"/early "))
    assert answer(asked).endswith(b"early")
    served.pass_time(DEADLINE_S + 2)
    assert ended(asked)
    served.settle(0)


@pytest.mark.fault(29)
def test_who_does_not_read_a_large_answer_is_cut(served: Served) -> None:
    """Closed after 10 s; who reads it slowly, 100 kB a second, goes on."""
    asked = ASK.replace(b"/ ", b"/large ")
    deaf, slow = served.client(asked, receive_buffer=4096), served.client(asked, receive_buffer=4096)
    served.settle(2)
    for client in (deaf, slow):
        assert client.recv(1)
    for _ in range(int(DEADLINE_S) + 2):
        left = 1_000_000
        while left > 0:
            left -= len(slow.recv(left))
        served.pass_time(1)
    served.settle(1)
    assert slow.recv(1)


def test_whoever_is_still_connected_when_the_service_ends_is_cut() -> None:
    """A client that does not read its answer outlasts the grace: its connection is closed all the same."""
    with web_server(app) as served:
        deaf = served.client(ASK.replace(b"/ ", b"/large "), receive_buffer=4096)
        assert deaf.recv(1)
        served.opened.remove(deaf)  # it stays
    assert len(served.connections) == 0
    assert ended(deaf)
    deaf.close()


@pytest.mark.fault(15)
def test_a_feed_that_is_not_read_is_cut(served: Served) -> None:
    """A WebSocket whose client reads nothing is closed after 10 s; nothing waits for it."""
    feed = served.client(FEED % b"/", receive_buffer=4096)
    assert feed.recv(12) == b"HTTP/1.1 101"
    served.pass_time(DEADLINE_S / 2)
    served.settle(1)
    served.pass_time(DEADLINE_S)
    served.settle(0)


def test_a_feed_that_is_refused_is_no_error(served: Served, caplog: pytest.LogCaptureFixture) -> None:
    """A wrong token is the client's mistake: the log says nothing, least of all of the service."""
    client = served.client(FEED % b"/refused")
    assert answer(client).startswith(b"HTTP/1.1 401")
    served.settle(0)
    assert [record.message for record in caplog.records if record.levelname == "ERROR"] == []


@pytest.mark.fault(29)
def test_a_crowd_of_half_open_connections_keeps_nobody_out() -> None:
    """600 of one address where 50 are allowed: never more than 50 are open, and each question is answered."""
    with web_server(app, most_of_one=50) as served:
        for number in range(600):
            served.client(ASK[:10])
            if number % 100 == 99:
                assert answer(served.client(ASK)).startswith(b"HTTP/1.1 200")
                served.on_loop(lambda: None)
                assert len(served.connections) <= 50
        assert served.connections.cut >= 550


@pytest.mark.fault(29)
def test_where_all_are_at_work_the_next_is_told_so() -> None:
    """No connection that gets on is cut for a new one: 503 with Retry-After."""
    with web_server(app, most_of_one=3) as served:
        busy = [served.client(POST) for _ in range(3)]
        served.settle(3)
        refused = served.client()
        said = refused.recv(65536)
        assert said.startswith(b"HTTP/1.1 503")
        assert b"retry-after" in said
        for client in busy:
            client.sendall(b"x" * 1_000_000)
            assert answer(client).endswith(b"1000000")


class _Transport:
    """A connection's transport, as far as `Connections` looks at it."""

    def __init__(self, address: str) -> None:
        self.address, self.open = address, True

    def get_extra_info(self, _: str) -> tuple[str, int]:
        return self.address, 1

    def write(self, _: bytes) -> None: ...

    def close(self) -> None:
        self.open = False

    abort = close

    def get_write_buffer_size(self) -> int:
        return 0


def test_places_are_kept_for_this_machine_and_a_proxys_are_not_counted() -> None:
    """Whoever fills the others, a health check finds a place; a trusted proxy has more than one share."""
    everybody = Connections(most=40, most_of_one=4, trusted=(ip_network("10.1.0.0/16"),))
    taken = [everybody.take(_Transport("10.1.0.9")) for _ in range(20)]  # type: ignore[arg-type]
    assert [each is not None for each in taken] == [True] * 8 + [False] * 12
    assert everybody.take(_Transport("192.0.2.1")) is None  # type: ignore[arg-type]
    assert everybody.take(_Transport("127.0.0.1")) is not None  # type: ignore[arg-type]
    assert everybody.take(_Transport("::ffff:127.0.0.1")) is not None  # type: ignore[arg-type]


@pytest.mark.fault(29)
def test_descriptors_are_never_all_taken_by_connections() -> None:
    """The limit is raised as far as it goes; with few descriptors fewer connections are allowed."""
    limit = raise_descriptors()
    assert connections_allowed(limit) < limit
    assert [connections_allowed(each) for each in (256, 1024, 1536, 16_384)] == [64, 512, 1024, 1024]
