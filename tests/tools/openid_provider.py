"""A small OpenID provider that listens on this machine: one client, one person, the code flow with PKCE."""

from __future__ import annotations

import base64
import hashlib
import html
import json
import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import KeySet, RSAKey

CLIENT, SECRET = "barwatch", "a secret of the client's"


class Provider:
    """What it says, and whom it lets in; `changed` is put over the claims of its next token."""

    def __init__(self) -> None:
        self.issuer = ""
        self.key = RSAKey.generate_key(2048, {"kid": "first"})
        self.claims: dict[str, Any] = {"sub": "4711", "name": "Anna K", "groups": ["lift-ops"]}
        self.changed: dict[str, Any] = {}
        self.asked: dict[str, dict[str, str]] = {}
        self.down = False

    def authorise(self, query: dict[str, str]) -> str:
        """Return where the browser goes once the person has signed in here."""
        assert query["response_type"] == "code"
        assert query["client_id"] == CLIENT
        code = secrets.token_urlsafe(16)
        self.asked[code] = query
        return f"{query['redirect_uri']}?{urlencode({'code': code, 'state': query['state']})}"

    def token(self, form: dict[str, str], authorization: str) -> dict[str, Any] | None:
        """Return a token for a code, once, if the client and the verifier of its challenge are right."""
        asked = self.asked.pop(form.get("code", ""), None)
        basic = base64.b64encode(f"{CLIENT}:{SECRET}".encode()).decode()
        challenge = base64.urlsafe_b64encode(hashlib.sha256(form.get("code_verifier", "").encode()).digest())
        if (
            asked is None
            or authorization not in {f"Basic {basic}", f"Basic {_quoted_basic()}"}
            or asked["code_challenge"] != challenge.decode().rstrip("=")
            or asked["redirect_uri"] != form.get("redirect_uri")
        ):
            return None
        now = int(time.time())
        claims = {"iss": self.issuer, "aud": CLIENT, "iat": now, "exp": now + 60, "nonce": asked["nonce"]}
        header = {"alg": "RS256", "kid": self.key.kid}
        signed = jwt.encode(header, {**claims, **self.claims, **self.changed}, self.key)
        return {"access_token": "x", "token_type": "Bearer", "id_token": signed}

    def answer(self, path: str) -> dict[str, Any] | None:
        """Return what it says at an address."""
        if self.down:
            return None
        if path == "/.well-known/openid-configuration":
            names = ("authorization_endpoint", "token_endpoint", "jwks_uri")
            return {"issuer": self.issuer, **{name: f"{self.issuer}/{name}" for name in names}}
        return KeySet([self.key]).as_dict(private=False) if path == "/jwks_uri" else None  # type: ignore[return-value]


def _quoted_basic() -> str:
    quoted = urlencode({"x": SECRET})[2:]
    return base64.b64encode(f"{CLIENT}:{quoted}".encode()).decode()


@contextmanager
def provider() -> Iterator[Provider]:
    """Yield one that listens."""
    made = Provider()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            at = urlsplit(self.path)
            if at.path == "/authorization_endpoint":
                query = {name: values[0] for name, values in parse_qs(at.query).items()}
                self.ask(html.escape(made.authorise(query), quote=True))
            else:
                self.send(made.answer(at.path))

        def ask(self, address: str) -> None:
            """Show a browser the page on which the person signs in here."""
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.end_headers()
            page = f"<title>The village</title><a href='{address}'>I am {made.claims['name']}</a>"
            self.wfile.write(page.encode())

        def do_POST(self) -> None:
            length = int(self.headers["Content-Length"])
            form = {name: values[0] for name, values in parse_qs(self.rfile.read(length).decode()).items()}
            found = made.token(form, self.headers.get("Authorization", ""))
            self.send(found or {"error": "invalid_grant"}, 200 if found else 400)

        def send(self, content: dict[str, Any] | None, status: int = 200) -> None:
            self.send_response(status if content is not None else 500)
            self.send_header("Content-Type", "application/json")
            self.end_headers()
            self.wfile.write(json.dumps(content).encode())

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    made.issuer = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield made
    server.shutdown()
    server.server_close()
    thread.join()
