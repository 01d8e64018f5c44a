"""Behind a proxy that shows the service below /barwatch: page, API, feed, pictures, cookies, redirects."""

import json
import re
from collections.abc import Callable, Iterator
from functools import partial

import httpx
import pytest
from playwright.sync_api import Browser, expect
from websockets.sync.client import connect

from lifts.decision.verdict import Verdict
from lifts.schema import Lift
from service.api.sessions import Principal
from service.domain.alarm import AlarmDraft, AlarmKind, Severity
from service.domain.people import Role
from service.store import alarms, lifts
from tests.service.api.conftest import House
from tests.service.console.conftest import Served, serving
from tests.service.console.test_console import LIFT, PATIENCE_MS, open_page, shown
from tests.tools.proxy import proxied

ROOT = "/barwatch"


@pytest.fixture(params=["cut", "kept"])
def below(
    built: None, request: pytest.FixtureRequest, make_house: Callable[..., House]
) -> Iterator[tuple[Served, str]]:
    """The served application and its address at the proxy, which strips the path or passes it on."""
    with serving(make_house(heartbeat_s=0.5, serve=True, root_path=f"{ROOT}/")) as served:
        port = int(served.url.rpartition(":")[2])
        with proxied(port, ROOT, cut=request.param == "cut", own_host=False) as address:
            yield served, address


def raise_alarm(house: House) -> str:
    record = house.add_passage("p-1")
    pictures = tuple(f"/passages/{record.id}/pictures/{n}.jpg" for n in (1, 2, 3))
    draft = AlarmDraft(
        AlarmKind.BAR_OPEN, Severity.CRITICAL, "demo-quad", "Open", "p-1", Verdict.OPEN, evidence=pictures
    )
    alarm = house.store.write(partial(alarms.raise_alarm, draft=draft)).result()
    assert alarm is not None
    return alarm.id


@pytest.mark.thorough
def test_the_api_and_its_feed_work_below_the_path(below: tuple[Served, str]) -> None:
    """Every address that the service names leads back to it through the proxy, and to nothing else."""
    served, address = below
    place, house = address.removesuffix(ROOT), served.house
    signed = house.headers(Role.OPERATOR)
    raise_alarm(house)
    with httpx.Client(headers=signed, timeout=120) as client:
        for entry in (address, f"{address}/", f"{address}/docs"):
            page = client.get(entry, follow_redirects=True).text
            found = re.findall(r'(?:href|src)="([^"]+)"', page)
            assert len(found) >= 3  # icon, style sheet, script
            assert {client.get(place + each).status_code for each in found} == {200}
        slash = client.get(f"{address}/lifts/", follow_redirects=True)
        assert (slash.status_code, str(slash.url)) == (200, f"{address}/lifts")
        (alarm,) = client.get(f"{address}/alarms").json()["items"]
        (passage,) = client.get(f"{address}/passages").json()["items"]
        for picture in (*alarm["evidence"], passage["images"][0]["picture"]):
            assert client.get(place + picture).headers["content-type"] == "image/jpeg"
        description = client.get(f"{address}/openapi.json").json()
        assert description["servers"] == [{"url": ROOT}]
        assert client.get(place + description["servers"][0]["url"] + "/session").json()["role"] == "operator"
        missing = client.get(f"{address}/alarms/nothing")
        assert (missing.status_code, missing.json()["instance"]) == (404, f"{ROOT}/alarms/nothing")
    with connect(f"{address.replace('http', 'ws')}/alarms?after=0", additional_headers=signed) as feed:
        assert json.loads(feed.recv(120))["type"] == "hello"
        assert json.loads(feed.recv(120))["alarm"]["evidence"] == alarm["evidence"]
    with httpx.Client(timeout=120) as direct:  # health checks on this machine know nothing of the path
        assert direct.get(f"{served.url}/health/live").status_code == 200


def test_the_cookie_stays_below_the_path(below: tuple[Served, str]) -> None:
    """Another service of the same host never sees it; signing out deletes it."""
    served, address = below
    key = served.house.runtime.gate.sessions.new_key(Principal("liftie", Role.OPERATOR))
    with httpx.Client(headers={"Origin": address.removesuffix(ROOT)}, timeout=120) as client:
        signed = client.post(f"{address}/session", json={"key": key})
        assert f"Path={ROOT};" in signed.headers["set-cookie"]
        assert client.get(f"{address}/session").json()["name"] == "liftie"
        assert client.delete(f"{address}/session").status_code == 204
        assert not client.cookies


def test_a_proxy_that_changes_the_host_needs_the_public_address(make_house: Callable[..., House]) -> None:
    """With it, requests of that origin are accepted; without it, or from another origin, they are refused."""
    house = make_house(serve=True, root_path=ROOT, public_url="https://hut.example")
    with serving(house) as served:
        port = int(served.url.rpartition(":")[2])
        with proxied(port, ROOT, cut=True, own_host=True) as address, httpx.Client(timeout=120) as client:
            for origin, status in (("https://hut.example", 200), ("https://other.example", 403)):
                key = house.runtime.gate.sessions.new_key(Principal("liftie", Role.OPERATOR))
                answer = client.post(f"{address}/session", json={"key": key}, headers={"Origin": origin})
                assert answer.status_code == status
                if status == 200:
                    assert "Secure" in answer.headers["set-cookie"]


@pytest.mark.thorough
@pytest.mark.parametrize("below", ["cut", pytest.param("kept", marks=pytest.mark.slow)], indirect=True)
def test_the_page_works_below_the_path(browser: Browser, below: tuple[Served, str]) -> None:
    """Signs in by its link, is live, shows an alarm with its pictures; the reference of the API is drawn."""
    served, address = below
    served.house.store.write(partial(lifts.put, lift=Lift.model_validate(LIFT))).result()
    page = open_page(browser, served.link().replace(served.url, address))
    failed: list[str] = []
    page.on("response", lambda answer: failed.append(answer.url) if answer.status >= 400 else None)
    shown(page, "#link[data-state]:not([data-state=waiting]):not([data-state=lost])")
    raise_alarm(served.house)
    shown(page, ".banner.critical")
    image = page.locator(".banner.critical .evidence img").first
    expect(image).to_have_js_property("complete", True, timeout=PATIENCE_MS)
    assert image.evaluate("image => image.naturalWidth") == 200
    page.locator("#reference").click()
    shown(page, "#calls article")
    assert not [url for url in failed if "snapshot" not in url]
    page.context.close()


@pytest.mark.parametrize("path", ["barwatch", "/a b", "/a//b", "/../b", "/a?b"])
def test_an_invalid_path_is_refused(path: str, make_house: Callable[..., House]) -> None:
    """With the setting's name, at the start."""
    with pytest.raises(ValueError, match="root_path"):
        make_house(root_path=path)
