"""How the page's builder runs npm."""

import json
import ssl
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from ipaddress import IPv4Address
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from service.console import build


class Registry(BaseHTTPRequestHandler):
    """Answers what `npm ping` asks."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def authority(tmp_path: Path) -> Path:
    """A file with a certificate that no list in the world has, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "a company's proxy")])
    now = datetime.now(UTC)
    made = x509.CertificateBuilder(
        name, name, key.public_key(), x509.random_serial_number(), now - timedelta(1), now + timedelta(1)
    )
    here = x509.SubjectAlternativeName([x509.IPAddress(IPv4Address("127.0.0.1"))])
    made = made.add_extension(here, critical=False)
    made = made.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
    pem = serialization.Encoding.PEM
    private = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    file = tmp_path / "authority.pem"
    file.write_bytes(made.sign(key, hashes.SHA256()).public_bytes(pem) + private)
    return file


@pytest.fixture
def registry(authority: Path) -> Iterator[str]:
    """The address of a registry with that certificate."""
    server = HTTPServer(("127.0.0.1", 0), Registry)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(authority)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"https://127.0.0.1:{server.server_address[1]}/"
    server.shutdown()
    server.server_close()


def test_an_authority_of_the_system_is_trusted(
    registry: str, authority: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Behind a proxy that opens TLS, what pip can fetch npm can fetch; without that authority neither."""
    asked = ("ping", "--registry", registry, "--fetch-retries=0")
    monkeypatch.delenv("NODE_EXTRA_CA_CERTS", raising=False)
    monkeypatch.delenv("SSL_CERT_DIR", raising=False)
    monkeypatch.setenv("SSL_CERT_FILE", "/dev/null")
    with pytest.raises(subprocess.CalledProcessError):
        build.npm(*asked)
    monkeypatch.setenv("SSL_CERT_FILE", str(authority))
    build.npm(*asked)


def test_what_went_wrong_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """An install that fails says why."""
    monkeypatch.setattr(build, "HERE", tmp_path)
    monkeypatch.setattr(build, "PACKAGES", tmp_path / "node_modules")
    package = {"name": "page", "version": "1.0.0", "dependencies": {"missing": "file:missing.tgz"}}
    (tmp_path / "package.json").write_text(json.dumps(package))
    locked = {"": package, "node_modules/missing": {"version": "1.0.0", "resolved": "file:missing.tgz"}}
    (tmp_path / "package-lock.json").write_text(
        json.dumps({"name": "page", "version": "1.0.0", "lockfileVersion": 3, "packages": locked})
    )
    with pytest.raises(subprocess.CalledProcessError):
        build.install(production=True)
    assert "missing.tgz" in capfd.readouterr().err


def test_packages_of_another_lock_file_are_installed_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However new their folder is, as where it was copied; what only others' machines need may be missing."""
    monkeypatch.setattr(build, "HERE", tmp_path)
    monkeypatch.setattr(build, "PACKAGES", tmp_path / "node_modules")
    (tmp_path / "node_modules").mkdir()

    def write(path: Path, **packages: dict[str, Any]) -> None:
        named = {f"node_modules/{name}": package for name, package in packages.items()}
        path.write_text(json.dumps({"packages": {"": {"name": "page"}, **named}}))

    lock, there = tmp_path / "package-lock.json", tmp_path / "node_modules" / ".package-lock.json"
    other = {"version": "1.0.0", "optional": True}
    write(lock, page={"version": "2.0.0"}, check={"version": "1.0.0", "dev": True}, windows=other)
    assert not build.is_installed()
    write(there, page={"version": "1.0.0"}, check={"version": "1.0.0"})
    assert not build.is_installed(production=True)
    write(there, page={"version": "2.0.0"})
    assert build.is_installed(production=True)
    assert not build.is_installed()
    write(there, page={"version": "2.0.0"}, check={"version": "1.0.0"})
    assert build.is_installed()
