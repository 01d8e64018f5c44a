"""Signing in at an OpenID provider that listens, by its button, in a real browser."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, expect

from service.domain.people import Role
from tests.service.api.conftest import House
from tests.service.console.conftest import serving
from tests.service.console.test_console import open_page, shown
from tests.tools.openid_provider import CLIENT, SECRET, Provider, provider


@pytest.fixture
def there() -> Iterator[Provider]:
    with provider() as made:
        yield made


@pytest.mark.slow
def test_the_button_leads_to_the_provider_and_back(
    built: None, browser: Browser, make_house: Callable[..., House], there: Provider
) -> None:
    """Signed in with the role that the provider's groups give; who has none is told so, and stays outside."""
    house = make_house(
        heartbeat_s=0.5,
        serve=True,
        openid_issuer=there.issuer,
        openid_client_id=CLIENT,
        openid_client_secret=SECRET,
        openid_roles="lift-ops=operator",
        openid_name="the village",
    )
    with serving(house) as served:
        page = open_page(browser, served.url)
        page.get_by_role("link", name="the village").click()
        expect(page).to_have_title("The village")
        assert page.url.startswith(there.issuer)
        page.get_by_role("link", name="I am Anna K").click()
        expect(page.locator("#who")).to_have_text("Anna K (operator)")
        assert page.url.startswith(f"{served.url}/")
        cookies = {cookie["name"]: cookie for cookie in page.context.cookies()}
        assert cookies["barwatch_session"]["httpOnly"]
        assert "barwatch_openid" not in cookies
        page.get_by_role("button", name="Sign out").click()
        there.claims |= {"sub": "other", "groups": ["guests"]}
        page.get_by_role("link", name="the village").click()
        page.get_by_role("link", name="I am Anna K").click()
        shown(page, "#sign-in")
        expect(page.locator("#sign-in .problem")).to_contain_text("You have no role here")
        users = house.call("GET", "/users", Role.ADMIN).json()["items"]
        assert [user["openid"] for user in users] == [True]
        for context in browser.contexts:
            context.close()
