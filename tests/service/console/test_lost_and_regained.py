"""The service is lost in every way that there is: no page calls anything well meanwhile, and each goes on."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from service.domain.alarm import AlarmDraft, AlarmKind, Severity
from service.store import alarms
from service.store.database import Store
from tests.service.console import fleet
from tests.service.console.alone import MANY, Alone
from tests.service.console.test_console import PATIENCE_MS, shown
from tests.tools.proxy import Upgraded, proxied

ONCE_MS, ANSWER_MS, OWED_MS = 1000, 5000, 1500
"""Until nothing is called well: feed closed; no answer; two answers so far apart said what is owed."""
DRAWN_MS = 1000
"""The page looks at its clock once a second."""

WHERE = {
    "": ".alarm[data-alarm]",
    "alarms": ".lane.open .lane-row",
    "wall": ".worst .critical",
    f"lifts/{fleet.lift_id(1)}": ".alarm[data-alarm]",
}
"""Pages, and what of each is the alarm of the meantime."""

NOTE = """() => {
  window.answered = [];
  const ask = window.fetch;
  window.fetch = async (...given) => {
    const answer = await ask(...given);
    if (String(given[0]).includes('/overview')) window.answered.push(performance.now());
    return answer;
  };
  const Feed = window.WebSocket;
  window.WebSocket = class extends Feed {
    constructor(...given) {
      super(...given);
      this.addEventListener('close', () => { window.cutAt ??= performance.now(); });
    }
  };
}"""

# Each change and each frame, as it was drawn: what the page calls well while the alarm is not there.
WATCH = """(alarm) => {
  window.calm = [];
  window.cutAt = undefined;
  const texts = ['no alarm stands', 'None.', 'None so far.', 'Everything that stands is shown.'];
  const signs = '[data-state=live]:is(#link, h1, main), .tile[data-need=well]';
  const note = () => {
    const said = texts.filter((text) => document.body.innerText.includes(text));
    const shown = [...document.querySelectorAll(signs)].map((one) => one.outerHTML.slice(0, 80));
    const titled = document.title === 'Barwatch' ? ['title'] : [];
    const all = [...said, ...shown, ...titled];
    if (!all.length || document.querySelector(alarm)) return;
    window.calm.push([performance.now(), all.join()]);
  };
  new MutationObserver(note).observe(document.body, {
    attributes: true, childList: true, characterData: true, subtree: true,
  });
  const next = () => requestAnimationFrame(() => setTimeout(() => { note(); next(); }));
  next();
}"""


@pytest.fixture
def alone(built: None, tmp_path: Path) -> Iterator[Alone]:
    made = Alone(tmp_path)
    yield made
    made.kill()


@pytest.fixture
def context(browser: Browser, url: str) -> Iterator[BrowserContext]:
    """A window whose pages note answers and their feed's end; it is gone before what it asks."""
    made = browser.new_context(locale="en-GB", viewport={"width": 1440, "height": 900})
    made.add_init_script(f"({NOTE})()")
    yield made
    made.close()


def missed(alone: Alone) -> str:
    """Commit an alarm while the service is dead or stopped; return its id. It finds it in its database."""
    store = Store.open(alone.data)
    draft = AlarmDraft(AlarmKind.BAR_OPEN, Severity.CRITICAL, fleet.lift_id(1), "Bar open", "p-missed")
    alarm = store.write(partial(alarms.raise_alarm, draft=draft)).result()
    store.close()
    assert alarm is not None
    return alarm.id


WAYS: dict[str, tuple[Callable[[Alone, Upgraded], None], Callable[[Alone, Upgraded], None]]] = {
    "killed": (lambda alone, _: alone.kill(), lambda alone, _: alone.start()),
    "hanging": (lambda alone, _: alone.hang(), lambda alone, _: alone.wake()),
    "closed": (lambda _, feeds: feeds.close(), lambda _, feeds: feeds.go_on()),
    "silent": (lambda _, feeds: feeds.hush(), lambda _, feeds: feeds.go_on()),
}


FEED_ALONE = {"closed", "silent"}


@pytest.fixture
def feeds() -> Upgraded:
    return Upgraded()


@pytest.fixture
def url(alone: Alone, feeds: Upgraded, way: str) -> Iterator[str]:
    """The service's address: its own, or that of a proxy which can cut the feed alone."""
    with proxied(alone.port, "", cut=False, own_host=False, upgraded=feeds) as between:
        yield between if way in FEED_ALONE else alone.url


@pytest.mark.slow
@pytest.mark.parametrize("way", WAYS)
def test_no_page_is_calm_while_the_service_is_lost(
    alone: Alone, feeds: Upgraded, context: BrowserContext, url: str, way: str
) -> None:
    """Killed and started again, hanging, or its feed closed or silent while all else answers.

    Header, title, tiles and lanes say that nothing is known. Then every page goes on by itself, and what
    arose meanwhile is there, once. A closed feed is seen at once; a silent one by what else is answered.
    """
    lose, regain = WAYS[way]
    pages: list[Page] = []
    for where in WHERE:
        page = context.new_page()
        page.set_default_timeout(PATIENCE_MS)
        if not pages:
            page.goto(alone.link.replace(alone.url, url))
            shown(page, "#watch")
        page.goto(f"{url}/#/{where}")
        pages.append(page)
    for page in pages:
        shown(page, "[data-state=live]:is(#link, h1)")
    for page, alarm in zip(pages, WHERE.values(), strict=True):
        page.evaluate(WATCH, alarm)
    lose(alone, feeds)
    raised = alone.alarm() if way in FEED_ALONE else missed(alone)
    since = [page.evaluate("performance.now()") for page in pages]
    for page in pages:
        expect(page.locator("#link")).to_contain_text("NOT CONNECTED", timeout=PATIENCE_MS)
        expect(page).to_have_title("✕ not connected · Barwatch")
    for page in (pages[0], pages[2]):
        expect(page.locator(".tile[data-need=silent]")).to_have_count(MANY)
    expect(pages[1].locator(".lane .none")).to_have_text(["Not known: nothing arrives here now."] * 2)
    old = pages[3].locator(".one-lift > .problem")
    expect(old).to_have_count(int(way not in FEED_ALONE))
    regain(alone, feeds)
    for page, alarm in zip(pages, WHERE.values(), strict=True):
        expect(page.locator(alarm)).to_have_count(1, timeout=PATIENCE_MS)
        expect(page.locator("#link")).to_contain_text("1 alarm stands", timeout=PATIENCE_MS)
        expect(page).to_have_title("▲ 1 · Barwatch")
    for page in (pages[0], pages[3]):
        expect(page.locator(f".banner[data-alarm='{raised}']")).to_have_count(1)
    for page, raised_ms in zip(pages, since, strict=True):
        cut_ms, answered, calm = page.evaluate("[window.cutAt, window.answered, window.calm]")
        if way == "hanging":
            wrong = [each for each in calm if each[0] - last(answered, each[0]) > ANSWER_MS + 2 * DRAWN_MS]
        elif way == "silent":
            told = [at for at in answered if at > raised_ms][1]
            again = next((at for at in answered if at - told > OWED_MS), math.inf)
            wrong = [each for each in calm if each[0] > again + DRAWN_MS]
        else:
            wrong = [each for each in calm if each[0] > cut_ms + ONCE_MS]
        assert wrong == [], page.url


def last(answered: Sequence[float], until: float) -> float:
    """Return when the last answer had come."""
    return max(at for at in answered if at <= until)
