"""A lift whose stored configuration is not valid is one lift's trouble, and can be mended or removed."""

from functools import partial

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from lifts.schema import Lift
from service.domain.errors import ConflictError, NotFoundError
from service.store import lifts
from service.store.database import Store


@pytest.fixture
def damaged(store: Store) -> Store:
    """Three lifts: one is well, one has a configuration of another shape, one has none that is JSON."""

    def fill(session: Session) -> None:
        for lift_id in ("a", "b", "c"):
            lifts.put(session, Lift(id=lift_id, name=lift_id))
        session.flush()
        session.execute(text("""UPDATE lifts SET config = '{"id": "b", "seats": -1}' WHERE id = 'b'"""))
        session.execute(text("UPDATE lifts SET config = '{half' WHERE id = 'c'"))

    store.write(fill).result()
    return store


def test_the_others_are_still_read(damaged: Store) -> None:
    """They are listed, and those that are not valid are listed apart, each with its reason."""
    with damaged.reading() as session:
        assert [lift.id for lift in lifts.listing(session)] == ["a"]
        found = lifts.invalid(session)
        with pytest.raises(ConflictError, match="'b' is out of service"):
            lifts.get(session, "b")
        with pytest.raises(NotFoundError):
            lifts.get(session, "d")
        assert lifts.get(session, "a").name == "a"
        assert lifts.exists(session, "c")
    assert found["b"].startswith("its stored configuration is not valid: ")
    assert found["c"] == "its stored configuration is not JSON"


def test_it_can_be_replaced_and_removed(damaged: Store) -> None:
    """A new configuration mends it; removing it needs none."""
    assert damaged.write(lambda s: lifts.put(s, Lift(id="b", name="mended"))).result() is False
    assert damaged.write(lambda s: lifts.put(s, Lift(id="c", name="c"))).result() is False
    with damaged.reading() as session:
        assert [lift.name for lift in lifts.listing(session)] == ["a", "mended", "c"]
        assert lifts.invalid(session) == {}


def test_a_damaged_one_can_be_removed(damaged: Store) -> None:
    """Without reading what is in it."""
    for lift_id in ("b", "c"):
        damaged.write(partial(lifts.delete, lift_id=lift_id)).result()
    with damaged.reading() as session:
        assert lifts.invalid(session) == {}
