"""What proxies say is believed from those that the settings name, and from nobody else."""

from collections.abc import Callable
from typing import Any

import pytest
from fastapi.testclient import TestClient
from starlette.types import Receive, Scope, Send

from service.api.auth import COOKIE, client_address
from service.domain.errors import ConfigurationError
from service.domain.people import Role
from service.settings import load_settings
from service.web.proxies import TrustedProxies
from tests.service.api.conftest import House

PROXY, OUTSIDE = "10.0.0.2", "203.0.113.9"


def seen(peer: str, *headers: tuple[str, str], kind: str = "http", trusted: str = "10.0.0.0/8") -> Scope:
    """Return the scope that the application gets."""
    got: list[Scope] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        got.append(scope)

    raw = [(name.lower().encode(), value.encode()) for name, value in headers]
    scope: dict[str, Any] = {"type": kind, "client": (peer, 1), "headers": raw, "scheme": "http"}
    middleware: Any = TrustedProxies(app, load_settings(trusted_proxies=trusted).trusted_proxies)
    coroutine = middleware(scope, None, None)
    with pytest.raises(StopIteration):
        coroutine.send(None)
    return got[0]


@pytest.mark.parametrize(
    ("headers", "client"),
    [
        ([("X-Forwarded-For", OUTSIDE)], OUTSIDE),
        ([("X-Forwarded-For", f"1.1.1.1, {OUTSIDE}")], OUTSIDE),
        ([("X-Forwarded-For", f"1.1.1.1, {OUTSIDE}, 10.0.0.3")], OUTSIDE),
        ([("X-Forwarded-For", "1.1.1.1"), ("X-Forwarded-For", OUTSIDE)], OUTSIDE),
        ([("X-Forwarded-For", "1.1.1.1, nonsense")], PROXY),
        ([("X-Forwarded-For", "10.0.0.7")], "10.0.0.7"),
        ([("X-Forwarded-For", f"{OUTSIDE}:4711")], OUTSIDE),
        ([("X-Forwarded-For", f"::ffff:{OUTSIDE}")], OUTSIDE),
        ([("Forwarded", f'for=1.1.1.1, for="{OUTSIDE}:80";proto=https')], OUTSIDE),
        ([("Forwarded", 'for="[2001:db8::7]:80"')], "2001:db8::7"),
        ([("Forwarded", "for=_hidden")], PROXY),
        ([("Forwarded", 'for="')], PROXY),
        ([("X-Forwarded-For", OUTSIDE), ("Forwarded", f"for={OUTSIDE}")], OUTSIDE),
        ([("X-Forwarded-For", OUTSIDE), ("Forwarded", "for=1.1.1.1")], PROXY),
        ([], PROXY),
    ],
)
def test_the_right_most_stranger_is_the_client(headers: list[tuple[str, str]], client: str) -> None:
    """What stands further left came from outside; what is unreadable or contradictory is not believed."""
    assert seen(PROXY, *headers)["client"][0] == client


def test_nobody_else_is_believed() -> None:
    """A stranger's headers, or those of any peer where no proxy is named, change nothing."""
    headers = [(f"X-Forwarded-{name}", value) for name, value in
               (("For", "1.1.1.1"), ("Proto", "https"), ("Host", "evil.example"))]  # fmt: skip
    for scope in (seen(OUTSIDE, *headers), seen("127.0.0.1", *headers, trusted="")):
        assert (scope["client"][1], scope["scheme"], len(scope["headers"])) == (1, "http", 3)


def test_scheme_and_host_come_from_the_proxy() -> None:
    """As the browser knows them, also for WebSockets."""
    said = (("Host", "barwatch:8000"), ("X-Forwarded-Proto", "https"), ("X-Forwarded-Host", "hut.example"))
    scope = seen(PROXY, *said)
    assert scope["scheme"] == "https"
    assert (b"host", b"hut.example") in scope["headers"]
    assert seen(PROXY, *said, kind="websocket")["scheme"] == "wss"
    assert seen(PROXY, ("Forwarded", "for=1.1.1.1;proto=https;host=hut.example"))["scheme"] == "https"
    assert seen(PROXY, ("X-Forwarded-Proto", "gopher"))["scheme"] == "http"


@pytest.mark.parametrize(
    ("headers", "scheme", "host"),
    [
        ([("X-Forwarded-Proto", "https, http")], "http", None),
        ([("X-Forwarded-Proto", "https"), ("X-Forwarded-Proto", "http")], "http", None),
        ([("X-Forwarded-Host", "evil.example, hut.example")], "http", "hut.example"),
        ([("X-Forwarded-For", f"10.0.0.9, {OUTSIDE}"), ("X-Forwarded-Proto", "https, http")], "http", None),
        (
            [("X-Forwarded-For", f"{OUTSIDE}, 10.0.0.3"), ("X-Forwarded-Proto", "gopher, https, http")],
            "https",
            None,
        ),
        ([("X-Forwarded-For", f"{OUTSIDE}, 10.0.0.3"), ("X-Forwarded-Proto", "https")], "https", None),
        ([("Forwarded", f"for=1.1.1.1;proto=https;host=evil.example, for={OUTSIDE}")], "http", None),
        (
            [("Forwarded", f"for={OUTSIDE};proto=https;host=hut.example, for=10.0.0.3;proto=http")],
            "https",
            "hut.example",
        ),
    ],
)
def test_scheme_and_host_are_the_trusted_proxys_own(
    headers: list[tuple[str, str]], scheme: str, host: str | None
) -> None:
    """What stands left of the outermost trusted proxy's own word came from outside, and is not believed."""
    scope = seen(PROXY, *headers)
    assert scope["scheme"] == scheme
    assert dict(scope["headers"]).get(b"host") == (None if host is None else host.encode())


def test_a_wrong_network_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    """The variable is a list of networks or addresses."""
    monkeypatch.setenv("BARWATCH_TRUSTED_PROXIES", "127.0.0.1 172.16.0.0/12,::1")
    assert len(load_settings().trusted_proxies) == 3
    for wrong, said in (
        ("caddy", "caddy is no network: expected such as 10.0.7.0/24"),
        (" , ", "an empty list is no network"),
    ):
        monkeypatch.setenv("BARWATCH_TRUSTED_PROXIES", wrong)
        with pytest.raises(ConfigurationError, match=f"TRUSTED_PROXIES.*{said}"):
            load_settings()


@pytest.mark.fault(41)
def test_the_cookie_is_secure_behind_a_trusted_proxy(make_house: Callable[..., House]) -> None:
    """TLS ends at the proxy: the session's cookie is `Secure`, and a page of the proxy's host may act."""
    house = make_house(trusted_proxies="10.0.0.0/8")
    proxied = {"X-Forwarded-Proto": "https", "X-Forwarded-Host": "hut.example"}
    with (
        TestClient(house.app, client=(PROXY, 1)) as proxy,
        TestClient(house.app, client=(OUTSIDE, 1)) as other,
    ):
        token = {"token": house.tokens[Role.ADMIN]}
        cookie = proxy.post("/session", json=token, headers=proxied).headers["set-cookie"]
        assert "secure" in cookie.lower().split("; ")
        own = {**proxied, "Origin": "https://hut.example", "Cookie": cookie.partition(";")[0]}
        assert proxy.put("/lifts/my-lift", json={"name": "x"}, headers=own).status_code == 201
        plain = other.post("/session", json=token, headers=proxied).headers["set-cookie"]
        assert COOKIE in plain
        assert "secure" not in plain.lower()


@pytest.mark.thorough
@pytest.mark.fault(42)
@pytest.mark.parametrize("peer", ["127.0.0.1", OUTSIDE])
def test_wrong_tokens_are_limited_whatever_they_say(make_house: Callable[..., House], peer: str) -> None:
    """300 wrong tokens, each from another address as it says: the peer is limited; a right one passes."""
    house = make_house()
    with TestClient(house.app, client=(peer, 1)) as client:
        answers = [
            client.get(
                "/lifts",
                headers={
                    "Authorization": f"Bearer wrong-{n}",
                    "X-Forwarded-For": f"198.51.{n // 250}.{n % 250}",
                    "Forwarded": f"for=198.51.{n // 250}.{n % 250}",
                },
            ).status_code
            for n in range(300)
        ]
        assert answers.count(429) > 150
        assert client.get("/lifts", headers=house.headers()).status_code == 200


@pytest.mark.fault(42)
def test_a_trusted_proxys_word_parts_its_clients(make_house: Callable[..., House]) -> None:
    """One guesser behind the proxy is limited, whatever it writes itself; the others are not."""
    house = make_house(trusted_proxies="10.0.0.0/8")

    def ask(client: TestClient, chain: str) -> int:
        headers = {"Authorization": "Bearer wrong", "X-Forwarded-For": chain}
        return client.get("/lifts", headers=headers).status_code

    with TestClient(house.app, client=(PROXY, 1)) as proxy:
        answers = [ask(proxy, f"198.51.100.{n}, {OUTSIDE}") for n in range(130)]
        assert answers[-1] == 429
        assert ask(proxy, "203.0.113.10") == 401


def test_a_network_of_addresses_is_one_client() -> None:
    """Whoever has a network of IPv6 addresses has no more attempts than others."""

    class Connection:
        def __init__(self, host: str) -> None:
            self.client = type("Peer", (), {"host": host})()

    addresses: list[Any] = [Connection(f"2001:db8::{n}") for n in range(2)]
    assert client_address(addresses[0]) == client_address(addresses[1])
    other: Any = Connection("2001:db8:0:1::1")
    assert client_address(other) != client_address(addresses[0])
