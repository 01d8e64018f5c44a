"""Versions of tracks, in a real database."""

from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import text

from lifts.schema import Lift, Pose, Track
from service.domain.errors import NotFoundError
from service.store import lifts, tracks
from service.store.database import Store
from service.store.file.engine import make_engine, migrate
from tests.service.store.empty import open_empty


def track(x: float) -> Track:
    begin, middle, end = (Pose(x=x + 100 * step, y=90, scale=0.5) for step in range(3))
    return Track(begin=begin, middle=middle, end=end)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = open_empty(tmp_path)
    yield opened
    opened.close()


def put(store: Store, given: Track | None, name: str = "A") -> None:
    store.write(lambda session: lifts.put(session, Lift(id="my-lift", name=name, track=given))).result()


def versions(store: Store) -> list[tuple[int, float, bool]]:
    with store.reading() as session:
        return [
            (one.version, one.track.begin.x, one.active) for one in tracks.history(session, "my-lift").items
        ]


def test_each_new_track_is_a_version_and_the_same_one_is_not(store: Store) -> None:
    """Whatever stores the lift's configuration; without a track none is active."""
    put(store, track(10))
    put(store, track(10), "B")
    put(store, track(20))
    assert versions(store) == [(2, 20, True), (1, 10, False)]
    put(store, None)
    assert [active for *_, active in versions(store)] == [False, False]


def test_a_version_is_gone_back_to_and_keeps_its_picture(store: Store) -> None:
    """The first picture of a version stays; a version that there is not is no version."""
    put(store, track(10))
    for picture in (b"first", b"second"):
        store.write(partial(tracks.keep_picture, lift_id="my-lift", jpeg=picture)).result()
    put(store, track(20))
    store.write(lambda session: tracks.activate(session, "my-lift", 1)).result()
    assert versions(store) == [(2, 20, False), (1, 10, True)]
    put(store, track(10))
    assert len(versions(store)) == 2
    with store.reading() as session:
        assert tracks.picture(session, "my-lift", 1) == b"first"
        assert tracks.picture(session, "my-lift", 2) is None
    with pytest.raises(NotFoundError):
        store.write(lambda session: tracks.activate(session, "my-lift", 9)).result()


def test_versions_go_with_their_lift(store: Store) -> None:
    """A lift that is removed takes them along."""
    put(store, track(10))
    store.write(lambda session: lifts.delete(session, "my-lift")).result()
    put(store, track(30))
    assert versions(store) == [(1, 30, True)]


@pytest.mark.sqlite
def test_the_track_of_an_older_database_is_its_first_version(tmp_path: Path) -> None:
    """Lifts without a track, and damaged ones, have none."""
    engine = make_engine(tmp_path / "barwatch.db", write=True)
    migrate(engine, "0006")
    at = "2026-01-31 12:00:00.000000"
    full = Lift(id="my-lift", name="A", track=track(10)).model_dump_json(exclude_none=True)
    configurations = {"my-lift": full, "bare": '{"id": "bare", "name": "B"}', "half": "{half"}
    with engine.begin() as connection:
        for lift_id, config in configurations.items():
            row = {"id": lift_id, "config": config, "at": at}
            insert = "INSERT INTO lifts (id, config, updated_at) VALUES (:id, :config, :at)"
            connection.execute(text(insert), row)
    engine.dispose()
    opened = Store.open(tmp_path)
    assert versions(opened) == [(1, 10, True)]
    with opened.reading() as session:
        assert session.execute(text("SELECT count(*) FROM track_versions")).scalar_one() == 1
    opened.close()
