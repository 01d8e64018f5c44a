"""The check for known holes: it finds them, and it never takes silence for an answer."""

import json
import subprocess
import sys
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from typing import Any

import pytest

from tests.supply.distributions import locked, pins
from tests.supply.holes import CLEAN, HOLES, NOT_CHECKED
from tests.tools.http_server import Quiet, web_server

NOWHERE = "http://127.0.0.1:9/"
OSV_ANSWER = {
    "vulns": [
        {
            "id": "GHSA-xxxx-yyyy-zzzz",
            "details": "a hole",
            "affected": [
                {
                    "package": {"ecosystem": "PyPI", "name": "fastapi"},
                    "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "999.0"}]}],
                }
            ],
        }
    ]
}
NPM_ANSWER = {
    "preact": [
        {
            "id": 1,
            "url": "https://example.com/1",
            "title": "a hole",
            "severity": "high",
            "vulnerable_versions": "<999.0.0",
        }
    ]
}


class Advisories:
    """A server that answers as OSV and npm's registry do."""

    def __init__(self) -> None:
        self.status = 200
        self.python: dict[str, Any] = {}
        self.page: dict[str, Any] = {}
        self.asked: list[str] = []


@pytest.fixture
def advisories() -> Iterator[tuple[Advisories, str]]:
    """The server and its address."""
    said = Advisories()

    class Handler(Quiet, BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked = self.rfile.read(int(self.headers["Content-Length"]))
            answer: dict[str, Any] = said.page
            if self.path == "/osv":
                name = json.loads(asked)["package"]["name"]
                said.asked.append(name)
                answer = said.python if name == "fastapi" else {}
            self.send_response(said.status)
            self.send_header("Content-Type", "application/json")
            self.end_headers()
            self.wfile.write(json.dumps(answer).encode())

    with web_server(Handler) as port:
        yield said, f"http://127.0.0.1:{port}/"


def check(osv: str, registry: str) -> tuple[int, str]:
    """Run the command; return its exit code and what it printed."""
    command = [sys.executable, "-m", "tests.supply.holes", "--osv-url", osv, "--registry", registry]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout


@pytest.mark.thorough
def test_without_any_source_nothing_was_checked() -> None:
    """No network: both are said to be unchecked, and it does not end as if all were well."""
    code, said = check(NOWHERE, NOWHERE)
    assert code == NOT_CHECKED
    assert [line.partition(". ")[0] for line in said.splitlines()] == [
        "Python: NOT CHECKED",
        "page: NOT CHECKED",
    ]
    assert "no known hole" not in said


@pytest.mark.thorough
def test_every_pinned_package_is_asked_about(advisories: tuple[Advisories, str]) -> None:
    """Both sources answer and know of none: the only way to end with 0."""
    said, url = advisories
    assert check(url + "osv", url) == (
        CLEAN,
        f"Python: {len(pins())} packages, no known hole\npage: {len(locked())} packages, no known hole\n",
    )
    assert len(set(said.asked)) == len(pins())


@pytest.mark.thorough
def test_holes_are_named(advisories: tuple[Advisories, str]) -> None:
    """With the package, its version, the advisory and what mends it."""
    said, url = advisories
    said.python, said.page = OSV_ANSWER, NPM_ANSWER
    code, text = check(url + "osv", url)
    assert code == HOLES
    assert f"fastapi {pins()['fastapi']}: GHSA-xxxx-yyyy-zzzz, mended in ['999.0']" in text
    assert "\n  preact: high\n" in text


@pytest.mark.slow
def test_a_source_that_answers_with_an_error_checked_nothing(advisories: tuple[Advisories, str]) -> None:
    """An error page of a proxy is no answer, and one silent source spoils the whole."""
    said, url = advisories
    said.status = 503
    code, text = check(url + "osv", url)
    assert (code, text.count("NOT CHECKED")) == (NOT_CHECKED, 2)
