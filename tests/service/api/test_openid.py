"""Signing in at an OpenID provider that listens: whom it lets in, and what is not believed."""

import time
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from joserfc.jwk import RSAKey

from service.domain.errors import ConfigurationError
from service.domain.people import Role
from service.people.agreed import client_of
from service.settings import load_settings
from tests.service.api.conftest import House
from tests.tools.openid_provider import CLIENT, SECRET, Provider, provider

ROLES = "lift-ops=operator, quad=admin:demo-quad, everybody=viewer"


@pytest.fixture
def there() -> Iterator[Provider]:
    with provider() as made:
        yield made


@pytest.fixture
def house(make_house: Callable[..., House], there: Provider) -> House:
    """An application whose people are the provider's."""
    return make_house(
        openid_issuer=there.issuer,
        openid_client_id=CLIENT,
        openid_client_secret=SECRET,
        openid_roles=ROLES,
        openid_name="the village",
    )


def go(house: House) -> dict[str, str]:
    """Begin; return what the provider is asked."""
    answer = house.client.get("/session/openid", follow_redirects=False)
    assert answer.status_code == 303
    return {name: values[0] for name, values in parse_qs(urlsplit(answer.headers["location"]).query).items()}


def come_back(house: House, address: str) -> str:
    """Follow the provider's address; return where the page is then: "/", or "/#failed=…"."""
    answer = house.client.get(address.replace("http://testserver", ""), follow_redirects=False)
    assert answer.status_code == 303
    return str(answer.headers["location"])


def test_the_provider_says_who_it_is_and_what_they_may(house: House, there: Provider) -> None:
    """PKCE, state and nonce; the claim's values are roles; the next sign-in finds the same person again."""
    assert house.client.get("/session/ways").json() == {"passwords": False, "openid": "the village"}
    asked = go(house)
    assert asked["code_challenge_method"] == "S256"
    assert min(len(asked[name]) for name in ("state", "nonce", "code_challenge")) > 20
    assert come_back(house, there.authorise(asked)) == "/"
    me = house.client.get("/session").json()
    assert (me["name"], me["role"], "lifts" in me) == ("Anna K", "operator", False)
    assert "barwatch_openid" not in house.client.cookies
    there.claims["groups"] = ["quad", "everybody", "something else"]
    assert come_back(house, there.authorise(go(house))) == "/"
    changed = house.client.get("/session").json()
    assert (changed["user_id"], changed["lifts"]) == (
        me["user_id"],
        {"demo-quad": "admin", "*": "viewer"},
    )
    there.claims |= {"sub": "4712", "groups": "lift-ops"}
    assert come_back(house, there.authorise(go(house))) == "/"
    assert house.client.get("/session").json()["name"] == "Anna K (2)"
    assert [user["openid"] for user in house.call("GET", "/users").json()["items"]] == [True, True]


def test_who_has_no_role_or_is_shut_out_does_not_come_in(house: House, there: Provider) -> None:
    """The page is told why; nobody is signed in."""
    assert come_back(house, there.authorise(go(house))) == "/"
    user_id = house.client.get("/session").json()["user_id"]
    house.call("PUT", f"/users/{user_id}", json={"disabled": True})
    assert come_back(house, there.authorise(go(house))) == "/#failed=openid_no_role"
    there.claims |= {"sub": "other", "groups": ["guests"]}
    assert come_back(house, there.authorise(go(house))) == "/#failed=openid_no_role"
    assert house.client.get("/session").status_code == 401


@pytest.mark.thorough
@pytest.mark.parametrize(
    "changed",
    [
        {"nonce": "another"},
        {"aud": "another service"},
        {"aud": ["barwatch", "another"], "azp": "another"},
        {"iss": "https://evil.example"},
        {"exp": int(time.time()) - 3600},
        {"nonce": None},
    ],
)
def test_a_token_for_somebody_else_is_refused(house: House, there: Provider, changed: dict[str, Any]) -> None:
    """Of another sign-in, service or provider, or too old."""
    there.changed = changed
    assert come_back(house, there.authorise(go(house))) == "/#failed=openid_refused"
    assert house.client.get("/session").status_code == 401


def test_a_token_of_another_key_is_refused(house: House, there: Provider) -> None:
    """A key that the provider does not name; a new one that it does name is looked up."""
    assert come_back(house, there.authorise(go(house))) == "/"
    house.client.cookies.clear()
    named = there.key
    there.key = RSAKey.generate_key(2048, {"kid": "second"})
    address = there.authorise(go(house))
    real = there.answer
    assert come_back(house, address) == "/"
    house.client.cookies.clear()
    there.key = RSAKey.generate_key(2048, {"kid": "first"})
    keys = {"keys": [named.as_dict(private=False)]}
    there.answer = lambda path: keys if path == "/jwks_uri" else real(path)  # type: ignore[method-assign]
    assert come_back(house, there.authorise(go(house))) == "/#failed=openid_refused"


def test_an_answer_of_another_browser_is_refused(house: House, there: Provider) -> None:
    """Without the cookie, with another's, with another state, with a code that was used."""
    first = there.authorise(go(house))
    house.client.cookies.clear()
    assert come_back(house, first) == "/#failed=openid_refused"
    second = there.authorise(go(house))
    go(house)
    assert come_back(house, second) == "/#failed=openid_refused"
    third = there.authorise(go(house))
    cookie = {"Cookie": f"barwatch_openid={house.client.cookies['barwatch_openid']}"}
    assert come_back(house, third) == "/"
    house.client.cookies.clear()
    again = house.client.get(third.replace("http://testserver", ""), headers=cookie, follow_redirects=False)
    assert again.headers["location"] == "/#failed=openid_refused"


def test_without_the_provider_everything_else_works(house: House, there: Provider) -> None:
    """Down: the page says so, tokens still sign in. None configured: 404."""
    there.down = True
    answer = house.client.get("/session/openid", follow_redirects=False)
    assert answer.headers["location"] == "/#failed=openid_unavailable"
    assert house.client.post("/session", json={"token": house.tokens[Role.VIEWER]}).status_code == 200


def test_nobody_is_asked_where_there_is_no_provider(make_house: Callable[..., House]) -> None:
    """404 with a code, for both addresses."""
    house = make_house()
    for path in ("/session/openid", "/session/openid/back?state=x&code=y"):
        answer = house.client.get(path)
        assert (answer.status_code, answer.json()["code"]) == (404, "no_openid")


@pytest.mark.parametrize("given", [{"openid_roles": "ops"}, {"openid_roles": "ops=king"}])
def test_wrong_settings_are_said(given: dict[str, str]) -> None:
    """In one line that names them."""
    settings = load_settings(openid_issuer="https://login.example", **given)
    with pytest.raises(ConfigurationError, match="OPENID"):
        client_of(settings)
    with pytest.raises(ConfigurationError, match="OPENID_ISSUER"):
        load_settings(openid_issuer="http://login.example")
