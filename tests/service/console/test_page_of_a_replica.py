"""The page as a replica serves it: as blind without a leader as without a server."""

from contextlib import ExitStack, closing
from pathlib import Path

import httpx
import pytest
from cryptography.fernet import Fernet
from playwright.sync_api import Browser, expect

from service.store.database import Store
from tests import postgres
from tests.service.store.postgres.test_services import Services
from tests.tools.processes import ADMIN_TOKEN, SIGNED
from tests.tools.tiny_model import release

PATIENCE_MS = 120_000


@pytest.mark.postgres
@pytest.mark.slow
@pytest.mark.fault(52)
def test_the_page_of_a_replica_is_blind_without_a_leader(
    built: None, browser: Browser, tmp_path: Path
) -> None:
    """Signed in at the replica; the leader is killed, and the page loaded anew; another service leads."""
    (tmp_path / "model").mkdir()
    release(tmp_path / "model")
    server = postgres.cluster()
    url = server.url(server.empty())
    shared = {"BARWATCH_DATABASE_URL": url, "BARWATCH_SECRET_KEY": Fernet.generate_key().decode()}
    with ExitStack() as stack, closing(Store.open(tmp_path / "beside", url=url)) as beside:
        services = Services(tmp_path, url, beside, stack, shared=shared)
        leader, replica = services.start(), services.start(BARWATCH_STANDBY="never")
        window = stack.enter_context(closing(browser.new_context(locale="en-GB")))
        signed = httpx.post(f"{replica.url}/session", json={"token": ADMIN_TOKEN}, timeout=120)
        assert signed.status_code == 200
        cookies = [
            {"name": name, "value": value, "url": replica.url} for name, value in signed.cookies.items()
        ]
        window.add_cookies(cookies)  # type: ignore[arg-type]
        page = window.new_page()
        page.goto(replica.url)
        # Nothing is watched yet, which the page says as long as it believes what it shows.
        live, lost = page.locator("#link[data-state=degraded]"), page.locator("#link[data-state=lost]")
        expect(live).to_be_visible(timeout=PATIENCE_MS)
        leader.process.kill()
        expect(lost).to_be_visible(timeout=PATIENCE_MS)
        page.reload()
        expect(lost).to_be_visible(timeout=PATIENCE_MS)
        assert not live.count()
        assert httpx.get(f"{replica.url}/alarms", headers=SIGNED, timeout=120).status_code == 200
        services.start()
        expect(live).to_be_visible(timeout=PATIENCE_MS)
