"""People are hidden in what is stored, after the verdict: it costs the judge nothing."""

import json
from functools import partial
from pathlib import Path

import pytest

from lifts.pictures.privacy import hide, shown_area
from lifts.schema import Lift, Privacy
from service.inference.inline import InlineEngine
from service.store import lifts
from service.store.audit import entries
from service.store.database import Store
from service.store.pictures import Pictures
from service.store.records import PassageRecord
from tests.service.store.empty import open_empty
from tests.service.tiny_model import CLOSE, OPEN, picture
from tests.service.verdicts.test_pipeline import House


def judged(
    store: Store, folder: Path, engine: InlineEngine, *, hides: bool
) -> tuple[list[PassageRecord], Pictures]:
    """What is recorded of the same carriers."""
    house = House(store, engine, folder, engine, hides=hides)
    house.send("open", [OPEN] * 3)
    house.send("closed", [CLOSE] * 3)
    house.send("empty", [OPEN] * 3, occupied=False)
    records = [house.record(name) for name in ("open", "closed", "empty")]
    house.pipeline.stop()
    return records, house.pictures


def test_the_verdicts_are_the_same_and_the_pictures_are_hidden(
    tmp_path: Path, inline_engine: InlineEngine
) -> None:
    """To the last digit; what is stored shows the bar, and elsewhere only what is coarse."""
    found = {}
    for hides in (False, True):
        store = open_empty(tmp_path / str(hides))
        found[hides] = judged(store, tmp_path / str(hides), inline_engine, hides=hides)
        store.close()
    (plain, open_pictures), (hidden, pictures) = found[False], found[True]
    assert [one.judgement for one in hidden] == [one.judgement for one in plain]
    name = plain[0].pictures[0].file or ""
    assert name
    shown, whole = pictures.read(hidden[0].pictures[0].file or ""), open_pictures.read(name)
    expected = hide(picture(OPEN), shown_area(OPEN, CLOSE))
    assert abs(shown.astype(int) - expected).mean() < 3
    assert abs(shown.astype(int) - whole).max() > 60
    assert pytest.approx(whole[OPEN > 127].mean(), abs=8) == shown[OPEN > 127].mean()


@pytest.mark.parametrize(("own", "by_default"), [("none", True), ("blur", False)])
def test_a_lift_may_choose_for_itself(
    tmp_path: Path, inline_engine: InlineEngine, own: Privacy, by_default: bool
) -> None:
    """Its own choice goes before the service's, from the next passage on; the choice is in the audit."""
    store = open_empty(tmp_path)
    house = House(store, inline_engine, tmp_path, inline_engine, hides=by_default)
    lift = Lift(id="lift", name="Lift", privacy=own)
    store.write(partial(lifts.put, lift=lift)).result()
    house.send("open", [OPEN] * 3)
    house.record("open")
    house.pipeline.stop()
    record = house.record("open")
    shown = house.pictures.read(record.pictures[0].file or "")
    with store.reading() as session:
        assert json.loads(entries.listing(session, action="lift.change")[0].details)["changed"] == ["privacy"]
    store.close()
    expected = picture(OPEN) if own == "none" else hide(picture(OPEN), shown_area(OPEN, CLOSE))
    assert abs(shown.astype(int) - expected).mean() < 3
    assert (record.pictures[0].numbers_sha256 is None) == (own == "none")
