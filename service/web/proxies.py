"""What a proxy says of the request that it passes on: believed from the proxies that the settings name alone.

Anybody can write `X-Forwarded-For`. So the address that limits go by is the peer's; where the peer is a
trusted proxy, it is the right-most address in the chain that is no trusted proxy itself: what stands further
left came from outside. Scheme and host are what the outermost trusted proxy said. Each proxy appends its own
word on the right: with one proxy the right-most counts.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from ipaddress import IPv4Address, IPv6Address, ip_address

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Receive, Scope, Send

from service.variables.networks import Network

Address = IPv4Address | IPv6Address

_PAIR = re.compile(r'\s*([A-Za-z]+)\s*=\s*("(?:[^"\\]|\\.)*"|[^\s;,"]*)\s*')
_MOST_HOPS = 32


class TrustedProxies:
    """Gives each connection its client's address, scheme and host, as far as a trusted proxy knows them.

    Args:
        app: what is called.
        trusted: the proxies' networks; none: no header is believed.
    """

    def __init__(self, app: ASGIApp, trusted: tuple[Network, ...]) -> None:
        self._app, self._trusted = app, trusted

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one connection."""
        peer = address_of(scope["client"][0]) if scope.get("client") else None
        if scope["type"] in {"http", "websocket"} and self._is_trusted(peer):
            scope = self._believed(scope, peer)
        await self._app(scope, receive, send)

    def _is_trusted(self, address: Address | None) -> bool:
        return address is not None and any(address in network for network in self._trusted)

    def _believed(self, scope: Scope, peer: Address | None) -> Scope:
        headers = Headers(scope=scope)
        old, new = _old_style(headers), _forwarded(headers)
        chain = old.chain or new.chain
        if old.chain and new.chain and old.chain[-1:] != new.chain[-1:]:
            # One of the two was passed on as it came from outside, and nobody can say which.
            chain = ()
        client, proxies = peer, 1
        for address in reversed(chain[-_MOST_HOPS:]):
            if address is None:
                break
            client = address
            if not self._is_trusted(address):
                break
            proxies += 1
        scope = {**scope, "client": (str(client), 0)}
        proto = (old.said_by(proxies, "proto") or new.said_by(proxies, "proto")).lower()
        host = old.said_by(proxies, "host") or new.said_by(proxies, "host")
        if proto in {"http", "https"}:
            socket = scope["type"] == "websocket"
            scope["scheme"] = {"http": "ws", "https": "wss"}[proto] if socket else proto
        if host:
            changed = MutableHeaders(raw=list(scope["headers"]))
            changed["host"] = host
            scope["headers"] = changed.raw
        return scope


class _Said:
    """What one kind of header says: addresses (None: not one), schemes and hosts, each proxy's own last."""

    def __init__(self, chain: Iterable[str], protos: Sequence[str] = (), hosts: Sequence[str] = ()) -> None:
        self.chain = tuple(address_of(text) for text in chain)
        self._said = {"proto": protos, "host": hosts}

    def said_by(self, proxies: int, what: str) -> str:
        """Return the word of the outermost of so many trusted proxies; the first where some said nothing."""
        words = self._said[what]
        return words[max(len(words) - proxies, 0)].strip() if words else ""


def _old_style(headers: Headers) -> _Said:
    joined = {
        name: ",".join(headers.getlist(f"x-forwarded-{name}")).split(",") for name in ("for", "proto", "host")
    }
    return _Said([each for each in joined["for"] if each.strip()], joined["proto"], joined["host"])


def _forwarded(headers: Headers) -> _Said:
    """Read `Forwarded` (RFC 7239)."""
    hops: list[dict[str, str]] = [{}]
    text, at = ",".join(headers.getlist("forwarded")), 0
    while at < len(text):
        pair = _PAIR.match(text, at)
        if pair is None:
            return _Said(["unreadable"])
        value = pair[2]
        hops[-1][pair[1].lower()] = re.sub(r"\\(.)", r"\1", value[1:-1]) if value.startswith('"') else value
        at = pair.end()
        if text[at : at + 1] == ",":
            hops.append({})
        elif text[at : at + 1] not in {";", ""}:
            return _Said(["unreadable"])
        at += 1
    hops = [hop for hop in hops if hop]
    return _Said(
        [hop.get("for", "unknown") for hop in hops],
        *([hop.get(k, "") for hop in hops] for k in ("proto", "host")),
    )


def address_of(text: str) -> Address | None:
    """Return an address as a header writes it, perhaps with a port; None if it is not one.

    An IPv4 address in IPv6's clothes is the IPv4 address.
    """
    text = text.strip()
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        address = ip_address(text.partition("%")[0])
    except ValueError:
        return None
    return (address.ipv4_mapped or address) if isinstance(address, IPv6Address) else address
