"""The repositories: our own records in, the same records out, whatever the tables look like."""

import dataclasses
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from lifts.decision.clusters import BimodalFit
from lifts.decision.learning.adapter import Adapter
from lifts.decision.prototypes import Prototypes
from lifts.decision.reasons import Reason
from lifts.decision.site import SiteCalibration
from lifts.decision.verdict import ImageJudgement, Judgement, Seat, Verdict
from lifts.schema import Camera, Lift, Pose, Track
from service.domain.alarm import AlarmDraft, AlarmKind, AlarmState, Severity
from service.domain.errors import ConflictError, DamagedError, NotFoundError
from service.domain.masks import MaskVersion, SiteCalibrationVersion
from service.domain.people import Role
from service.store import alarms, lifts, masks, passages, site_calibrations, tokens
from service.store.alarms import history
from service.store.database import Store
from service.store.pictures import Pictures
from service.store.records import OutboxEntry, PassageRecord, PictureRecord, Review
from service.store.tables import PassageRow
from tests.service.kept_pictures import keep
from tests.service.tiny_model import CLOSE, MASKS, OPEN, picture

NOW = datetime(2026, 1, 31, 12, 0, 0, 123456, tzinfo=UTC)
LIFT = Lift(
    id="lift",
    name="Sesselbahn Süd",
    seats=4,
    camera=Camera(url="rtsp://${USER}:${PASS}@camera/1", width=1280, height=720),
    track=Track(
        begin=Pose(x=1.5, y=2, scale=0.5), middle=Pose(x=50, y=2, scale=0.5), end=Pose(x=99, y=2, scale=0.5)
    ),
)


def _version(**changes: object) -> MaskVersion:
    rng = np.random.default_rng(0)
    version = MaskVersion(
        lift_id="lift",
        version=0,
        model="m",
        masks=MASKS,
        embeddings=rng.normal(size=(2, 5, 7)).astype(np.float32),
        separation=1.25,
        warnings=("close together",),
        active=False,
        created_at=NOW,
        references={"reference_open": picture(OPEN)},
    )
    return dataclasses.replace(version, **changes)  # type: ignore[arg-type]


def _passage(passage_id: str, *, seen_at: datetime = NOW, **changes: object) -> PassageRecord:
    judgement = Judgement(
        verdict=Verdict.OPEN,
        confidence=0.97,
        margin=-0.5,
        occupied=True,
        occupancy=0.8,
        images=(ImageJudgement(0.25, 0.75, 0.8, Verdict.OPEN),) * 3,
        mask_version=2,
        model="m",
    )
    record = PassageRecord(
        passage_id, "lift", 1, seen_at, 0.0, 1.0, 2.0, judgement, (PictureRecord("a.jpg", 0.5, 0.9, None),)
    )
    return dataclasses.replace(record, **changes)  # type: ignore[arg-type]


def test_lifts_round_trip(store: Store) -> None:
    """A lift comes back equal; putting it again replaces it; deleting it twice is an error."""
    assert store.write(lambda s: lifts.put(s, LIFT)).result() is True
    renamed = LIFT.model_copy(update={"name": "B"})
    with store.reading() as session:
        assert lifts.get(session, "lift") == LIFT
    assert store.write(lambda s: lifts.put(s, renamed)).result() is False
    with store.reading() as session:
        assert lifts.listing(session) == (renamed,)
    store.write(lambda s: lifts.delete(s, "lift")).result()
    with pytest.raises(NotFoundError, match="no lift 'lift'"):
        store.write(lambda s: lifts.delete(s, "lift")).result()


def test_masks_history_and_roll_back(store: Store) -> None:
    """Each enrolment takes the next version and is active; rolling back makes an older one active again."""
    with pytest.raises(NotFoundError):
        store.write(lambda s: masks.add(s, _version())).result()
    store.write(lambda s: lifts.put(s, LIFT)).result()
    first = store.write(lambda s: masks.add(s, _version())).result()
    second = store.write(lambda s: masks.add(s, _version(separation=0.5, references={}))).result()
    assert (first.version, second.version, second.active) == (1, 2, True)
    with store.reading() as session:
        kept = masks.get(session, "lift", 1)
        history = masks.history(session, "lift").items
        assert [(version.version, version.active) for version in history] == [(2, True), (1, False)]
    np.testing.assert_array_equal(kept.embeddings, first.embeddings)
    np.testing.assert_array_equal(kept.masks.close, CLOSE)
    np.testing.assert_array_equal(kept.references["reference_open"], picture(OPEN))
    assert (kept.warnings, kept.created_at) == (("close together",), NOW)
    assert store.write(lambda s: masks.activate(s, "lift", 1)).result().active
    with store.reading() as session:
        active = masks.active(session, "lift")
        assert active is not None
        assert active.version == 1
    with pytest.raises(NotFoundError, match="no mask version 9"):
        store.write(lambda s: masks.activate(s, "lift", 9)).result()
    with store.reading() as session:
        assert masks.active(session, "lift") is not None, (
            "a failed roll back must not leave the lift without masks"
        )


def test_whatever_changes_what_a_lift_is_judged_by_is_noticed(store: Store) -> None:
    """Cameras follow it: where it cannot be read, nothing is watched."""

    def now() -> bytes:
        with store.reading() as session:
            return masks.fingerprint(session, "lift")

    store.write(lambda s: lifts.put(s, LIFT)).result()
    found = [now()]
    for _ in range(2):
        store.write(lambda s: masks.add(s, _version())).result()
        found.append(now())
    store.write(lambda s: masks.activate(s, "lift", 1)).result()
    found.append(now())
    assert len(set(found)) == len(found)
    assert now() == found[-1]


FIT = BimodalFit(open_mean=-0.2, closed_mean=0.6, spread=0.1, open_share=0.25)


def _site(calibration: SiteCalibration | None = None, **changes: object) -> SiteCalibrationVersion:
    found = calibration or SiteCalibration(FIT)
    site = SiteCalibrationVersion("lift", 0, 1, "m", found, (-0.2, 0.6, 0.5), 1, True, NOW)
    return dataclasses.replace(site, **changes)  # type: ignore[arg-type]


def test_what_a_site_calibration_was_found_with_comes_back(store: Store) -> None:
    """Vectors to the last bit, in the history and with the masks that are judged by them."""
    store.write(lambda s: lifts.put(s, LIFT)).result()
    store.write(lambda s: masks.add(s, _version())).result()
    rng = np.random.default_rng(5)
    always, *directions = rng.normal(size=(4, 6)).astype(np.float32)
    adapter = Adapter(rng.normal(size=6).astype(np.float32), float(np.float32(0.1)))
    given = Prototypes(np.stack(directions), (-0.25, 0.5, 0.75), (0.375, 0.25, 0.125), adapter)
    seats = BimodalFit(open_mean=-0.4, closed_mean=0.3, spread=0.2, open_share=0.75, trust=0.5)
    found = _site(SiteCalibration(FIT, given, always, seats))
    store.write(lambda s: site_calibrations.add(s, found)).result()
    store.write(partial(site_calibrations.activate, lift_id="lift", version=1)).result()
    with store.reading() as session:
        version = masks.active(session, "lift")
        (listed,) = site_calibrations.history(session, "lift").items
    assert version is not None
    for stored in (listed, version.site):
        assert stored is not None
        fit, prototypes, background = (
            stored.calibration.fit,
            stored.calibration.prototypes,
            stored.calibration.background_embedding,
        )
        assert prototypes is not None
        assert background is not None
        np.testing.assert_array_equal(background, always)
        np.testing.assert_array_equal(prototypes.directions, np.stack(directions))
        assert prototypes.offsets == (-0.25, 0.5, 0.75)
        assert prototypes.weights == (0.375, 0.25, 0.125)
        assert prototypes.adapter is not None
        np.testing.assert_array_equal(prototypes.adapter.direction, adapter.direction)
        assert prototypes.adapter.offset == adapter.offset
        assert fit == FIT
        assert stored.calibration.seats == seats


def test_site_calibrations_history_and_roll_back(store: Store) -> None:
    """It is a proposal until it is activated; the masks then carry it, until it is taken off."""
    with pytest.raises(NotFoundError, match="no lift"):
        store.write(lambda s: site_calibrations.add(s, _site())).result()
    store.write(lambda s: lifts.put(s, LIFT)).result()
    store.write(lambda s: masks.add(s, _version())).result()
    first = store.write(lambda s: site_calibrations.add(s, _site())).result()
    second = store.write(lambda s: site_calibrations.add(s, _site(reviewed=2))).result()
    assert (first.version, first.active, second.version) == (1, False, 2)
    for version in (1, 2, 1):
        active = store.write(partial(site_calibrations.activate, lift_id="lift", version=version)).result()
        with store.reading() as session:
            found = masks.active(session, "lift")
            flags = {one.version: one.active for one in site_calibrations.history(session, "lift").items}
        assert found is not None
        assert found.site is not None
        assert found.site.version == active.version == version
        assert flags == {1: version == 1, 2: version == 2}
    store.write(lambda s: site_calibrations.deactivate(s, "lift")).result()
    with store.reading() as session:
        found = masks.active(session, "lift")
    assert found is not None
    assert found.site is None
    with pytest.raises(NotFoundError, match="no site calibration 9"):
        store.write(lambda s: site_calibrations.activate(s, "lift", 9)).result()


@pytest.mark.parametrize("adapter", [b"\0" * 4, b"\xff" * 28])
def test_a_damaged_calibration_is_left_out(store: Store, adapter: bytes) -> None:
    """An adapter of a wrong length, or of no numbers: what is active judges on."""
    store.write(lambda s: lifts.put(s, LIFT)).result()
    store.write(lambda s: masks.add(s, _version())).result()
    given = Prototypes(np.zeros((3, 6), np.float32), (0.0,) * 3, (0.5,) * 3)
    for _ in range(2):
        store.write(lambda s: site_calibrations.add(s, _site(SiteCalibration(FIT, given)))).result()
    store.write(lambda s: site_calibrations.activate(s, "lift", 1)).result()
    damage = text("UPDATE thresholds SET adapter = :adapter WHERE version = 2")
    store.write(lambda s: s.execute(damage, {"adapter": adapter})).result()
    with store.reading() as session:
        found = masks.active(session, "lift")
        listed = site_calibrations.history(session, "lift")
    assert found is not None
    assert found.site is not None
    assert ([one.version for one in listed.items], listed.unreadable) == ([1], 1)
    with pytest.raises(DamagedError):
        store.write(lambda s: site_calibrations.activate(s, "lift", 2)).result()


def test_a_site_calibration_is_of_its_masks_and_its_model(store: Store) -> None:
    """Under other masks margins separate elsewhere: it becomes inactive, and active again with its masks."""
    store.write(lambda s: lifts.put(s, LIFT)).result()
    store.write(lambda s: masks.add(s, _version())).result()
    store.write(lambda s: site_calibrations.add(s, _site())).result()
    store.write(lambda s: site_calibrations.activate(s, "lift", 1)).result()
    other = store.write(lambda s: masks.add(s, _version())).result()
    with store.reading() as session:
        assert masks.get(session, "lift", other.version).site is None
        assert masks.get(session, "lift", 1).site is not None
    with pytest.raises(ConflictError, match="found with masks 1 and model m"):
        store.write(lambda s: site_calibrations.activate(s, "lift", 1)).result()
    store.write(lambda s: masks.activate(s, "lift", 1)).result()
    store.write(lambda s: masks.replace_embeddings(s, _version(version=1, model="newer"))).result()
    with store.reading() as session:
        assert masks.get(session, "lift", 1).site is None


def test_watched_passages_are_of_these_masks_and_this_model(store: Store) -> None:
    """Newest first, at most as many as asked for."""
    judged = _passage("x").judgement
    others = (dataclasses.replace(judged, mask_version=1), dataclasses.replace(judged, model="other"))
    for number, judgement in enumerate((judged, *others, judged, judged)):
        record = _passage(f"p-{number}", judgement=judgement)
        store.write(partial(passages.add, record=record)).result()
    with store.reading() as session:
        found = passages.watched(session, "lift", 2, "m", 2)
        assert [passage.id for passage in found] == ["p-4", "p-3"]
        assert len(passages.watched(session, "lift", 2, "m", 200)) == 3
        assert passages.watched(session, "elsewhere", 2, "m", 200) == ()
        # Under a former name it is the same model.
        assert len(passages.watched(session, "lift", 2, ("m", "other"), 200)) == 4
        assert passages.count_seen(session, "lift", 2, ("m", "other")) == (4, 0)
        since = datetime(2000, 1, 1, tzinfo=UTC)
        for model, ours in (("m", 3), (("m", "other"), 4)):
            assert len(passages.recent(session, "lift", 2, model, 9, 9, since)) == ours


def test_labels_stay_among_the_watched_however_old(store: Store) -> None:
    """Up to half of the places are the newest labelled passages'; what could not be seen takes none."""
    judged = _passage("x").judgement
    dark = dataclasses.replace(judged, verdict=Verdict.UNKNOWN, reasons=(Reason.DARK,))
    close = dataclasses.replace(judged, verdict=Verdict.UNKNOWN, reasons=(Reason.TOO_CLOSE,))
    for number, judgement in enumerate((judged,) * 6 + (close, dark)):
        record = _passage(f"p-{number}", judgement=judgement)
        store.write(partial(passages.add, record=record)).result()
    said = {0: Verdict.OPEN, 1: Verdict.CLOSED, 2: Verdict.OPEN, 3: Verdict.UNKNOWN, 7: Verdict.OPEN}
    for number, verdict in said.items():
        label = Review(verdict, None, "anna", NOW, "")
        store.write(partial(passages.review, passage_id=f"p-{number}", label=label)).result()
    with store.reading() as session:
        found = {
            limit: [int(one.id[2:]) for one in passages.watched(session, "lift", 2, "m", limit)]
            for limit in (2, 4, 5, 200)
        }
        assert passages.count_seen(session, "lift", 2, "m") == (7, 3)
        assert passages.count_seen(session, "lift", 2, "other") == (0, 0)
    assert found == {2: [6, 2], 4: [6, 5, 2, 1], 5: [6, 5, 4, 2, 1], 200: [6, 5, 4, 3, 2, 1, 0]}


def test_the_most_that_a_threshold_was_found_from(store: Store) -> None:
    """Over all of the same masks and model, each number for itself, what was not usable counted."""
    store.write(lambda s: lifts.put(s, LIFT)).result()
    for found in (
        _site(margins=(0.1,) * 4, watched=5, labelled=0),
        _site(margins=(0.1,) * 3, watched=3, reviewed=1, labelled=2),
        _site(watched=9, labelled=9, mask_version=2),
        _site(watched=9, labelled=9, model="other"),
    ):
        store.write(partial(site_calibrations.add, found=found)).result()
    with store.reading() as session:
        assert site_calibrations.most_used(session, "lift", 1, "m") == (5, 2)
        assert site_calibrations.most_used(session, "lift", 3, "m") == (0, 0)


def test_a_deleted_lifts_masks_go_and_its_evidence_stays(store: Store) -> None:
    """Passages outlive the lift, and a new registration does not reuse the mask versions that they name."""
    store.write(lambda s: lifts.put(s, LIFT)).result()
    store.write(lambda s: masks.add(s, _version())).result()
    store.write(lambda s: passages.add(s, _passage("p"))).result()
    store.write(lambda s: lifts.delete(s, "lift")).result()
    with store.reading() as session:
        assert masks.history(session, "lift").items == ()
        assert session.execute(text("SELECT count(*) FROM mask_references")).scalar() == 0
        assert passages.get(session, "p") == _passage("p")
    store.write(lambda s: lifts.put(s, LIFT)).result()
    assert store.write(lambda s: masks.add(s, _version())).result().version == 3


def test_passages_round_trip_and_are_stored_once(store: Store) -> None:
    """A passage comes back equal; the same id again changes nothing; a review is kept with it."""
    assert store.write(lambda s: passages.add(s, _passage("p"))).result() is True
    assert store.write(lambda s: passages.add(s, _passage("p", number=9))).result() is False
    label = Review(Verdict.CLOSED, None, "anna", NOW, "sun on the rail")
    assert store.write(lambda s: passages.review(s, "p", label)).result() == _passage("p", review=label)
    with store.reading() as session:
        assert passages.get(session, "p") == _passage("p", review=label)
        assert passages.picture_file(session, "p", 1) == "a.jpg"
        for number in (0, 2):
            with pytest.raises(NotFoundError):
                passages.picture_file(session, "p", number)


def test_passages_of_earlier_versions_say_who_sat_there(store: Store) -> None:
    """A stored judgement without `seat_unclear` is occupied or empty, as it was judged."""
    for name, occupied in (("p", True), ("q", False)):
        judgement = dataclasses.replace(_passage(name).judgement, occupied=occupied)
        store.write(lambda s, n=name, j=judgement: passages.add(s, _passage(n, judgement=j))).result()  # type: ignore[misc]

        def forget(session: Session, name: str = name) -> None:
            row = session.scalars(select(PassageRow).where(PassageRow.id == name)).one()
            row.judgement = {key: value for key, value in row.judgement.items() if key != "seat_unclear"}

        store.write(forget).result()
    with store.reading() as session:
        seats = [passages.get(session, name).judgement.seat for name in "pq"]
    assert seats == [Seat.OCCUPIED, Seat.EMPTY]


def test_passages_by_page_and_filter(store: Store) -> None:
    """Pages run from the newest without gap or double, also while new ones arrive; filters hold."""
    for n in range(7):
        record = _passage(f"p{n}", seen_at=NOW + timedelta(seconds=n), lift_id="lift" if n % 2 else "other")
        store.write(partial(passages.add, record=record)).result()
    with store.reading() as session:
        first = passages.listing(session, limit=3)
    store.write(lambda s: passages.add(s, _passage("new"))).result()
    with store.reading() as session:
        second = passages.listing(session, limit=3, before=first.next)
        third = passages.listing(session, limit=3, before=second.next)
        assert [p.id for p in (*first.items, *second.items, *third.items)] == [
            f"p{n}" for n in range(6, -1, -1)
        ]
        assert third.next is None
        window = passages.listing(session, from_=NOW + timedelta(seconds=2), to=NOW + timedelta(seconds=4))
        assert [p.id for p in window.items] == ["p3", "p2"]
        assert {p.lift_id for p in passages.listing(session, lift_id="other").items} == {"other"}
        assert passages.listing(session, verdict=Verdict.CLOSED).items == ()
        assert passages.listing(session, reviewed=True).items == ()


def _bar_open(passage_id: str, lift_id: str = "lift") -> AlarmDraft:
    return AlarmDraft(
        AlarmKind.BAR_OPEN,
        Severity.CRITICAL,
        lift_id,
        "open",
        passage_id,
        Verdict.OPEN,
        ("/passages/p/1.jpg",),
    )


def test_one_alarm_per_passage_and_one_standing_per_condition(store: Store) -> None:
    """Raising the same again is nothing; after a condition's alarm was cleared it may stand again."""
    lost = AlarmDraft(AlarmKind.CAMERA_LOST, Severity.WARNING, "lift", "gone")
    raised = [
        store.write(partial(alarms.raise_alarm, draft=draft)).result()
        for draft in (_bar_open("p"), _bar_open("p"), _bar_open("q"), lost, lost)
    ]
    assert [None if alarm is None else alarm.seq for alarm in raised] == [1, None, 2, 3, None]
    gone = raised[3]
    assert gone is not None
    store.write(
        lambda s: alarms.change(s, gone.id, AlarmState.CLEARED, action="clear", actor="system")
    ).result()
    again = store.write(lambda s: alarms.raise_alarm(s, lost)).result()
    assert again is not None
    assert (again.seq, again.id != gone.id) == (5, True)
    elsewhere = dataclasses.replace(lost, lift_id="other")
    assert store.write(lambda s: alarms.raise_alarm(s, elsewhere)).result() is not None


def test_the_outbox_replays_alarms_as_they_were(store: Store) -> None:
    """Each seq shows the alarm at that seq, not as it is now; `after` and `limit` page through."""
    raised = store.write(lambda s: alarms.raise_alarm(s, _bar_open("p"), NOW)).result()
    assert raised is not None
    changed = store.write(
        lambda s: alarms.change(s, raised.id, AlarmState.ACKNOWLEDGED, action="acknowledge", actor="anna")
    ).result()
    with store.reading() as session:
        assert alarms.outbox(session, 0) == (OutboxEntry(1, raised), OutboxEntry(2, changed))
        assert alarms.outbox(session, 1) == (OutboxEntry(2, changed),)
        assert alarms.outbox(session, 0, limit=1) == (OutboxEntry(1, raised),)
        assert alarms.get(session, raised.id) == changed
        assert [(e.seq, e.action, e.actor) for e in history.events(session, raised.id)] == [
            (1, "raise", "system"),
            (2, "acknowledge", "anna"),
        ]
    assert (raised.state, raised.raised_at, changed.raised_at) == (AlarmState.ACTIVE, NOW, NOW)


def test_alarms_by_page_and_filter(store: Store) -> None:
    """The history's filters: lift, kind, state, time; pages by cursor."""
    for n in range(5):
        at = NOW + timedelta(seconds=n)
        draft = _bar_open(f"p{n}", "a" if n < 3 else "b")
        store.write(partial(alarms.raise_alarm, draft=draft, at=at)).result()
    with store.reading() as session:
        page = alarms.listing(session, limit=2)
        rest = alarms.listing(session, before=page.next)
        assert [a.passage_id for a in (*page.items, *rest.items)] == ["p4", "p3", "p2", "p1", "p0"]
        assert {a.lift_id for a in alarms.listing(session, lift_id="b").items} == {"b"}
        assert alarms.listing(session, kind=AlarmKind.CAMERA_LOST).items == ()
        assert len(alarms.listing(session, state=AlarmState.ACTIVE).items) == 5
        window = alarms.listing(session, from_=NOW + timedelta(seconds=1), to=NOW + timedelta(seconds=3))
        assert [a.passage_id for a in window.items] == ["p2", "p1"]


@pytest.mark.sqlite
def test_tokens_are_found_only_whole_and_only_their_hash_is_kept(store: Store, tmp_path: Path) -> None:
    """The right token finds its role; a changed, revoked or foreign one finds nothing; no secret on disk."""
    token, record = store.write(lambda s: tokens.create(s, "console", Role.OPERATOR)).result()
    given = store.write(lambda s: tokens.put(s, "an-admins-own-token", "admin", Role.ADMIN)).result()
    with store.reading() as session:
        assert tokens.find(session, token) == record
        assert tokens.find(session, "an-admins-own-token") == given
        wrong = [
            token[:-1] + ("A" if token[-1] != "A" else "B"),
            token[:20],
            "",
            "bw__",
            "an-admins-own-tokem",
        ]
        assert [tokens.find(session, other) for other in wrong] == [None] * 5
        assert tokens.listing(session) == (record, given)
    store.write(lambda s: tokens.revoke(s, record.id)).result()
    with store.reading() as session:
        assert tokens.find(session, token) is None
    secret = token.split("_", 2)[2].encode()
    content = b"".join(path.read_bytes() for path in (tmp_path / "data").glob("barwatch.db*"))
    assert record.id.encode() in content
    assert secret not in content
    with pytest.raises(ValueError, match="at least 16"):
        store.write(lambda s: tokens.put(s, "short", "x", Role.ADMIN)).result()


def test_a_picture_that_cannot_be_written_is_counted(tmp_path: Path) -> None:
    """Evidence that is lost for a full or broken disk does not stop the passage."""
    (tmp_path / "pictures").write_text("a file where the folder should be")
    broken = Pictures(tmp_path)
    assert keep(broken, NOW, [picture(OPEN)] * 2) == [None, None]
    assert broken.failed_writes == 2


def test_a_file_that_is_due_says_so_and_one_that_was_given_up_is_not_written(tmp_path: Path) -> None:
    """Named by a record, it is not gone but not there yet; given up or removed meanwhile, it never comes."""
    kept = Pictures(tmp_path)
    kept.expect(["lift/d/a_1.jpg", "lift/d/b_1.jpg", "lift/d/c_1.jpg"])
    with pytest.raises(NotFoundError, match="ask again"):
        kept.path("lift/d/a_1.jpg")
    kept.give_up(["lift/d/b_1.jpg"])
    kept.remove(["lift/d/c_1.jpg"])
    written = [kept.save(f"lift/d/{name}_1.jpg", picture(OPEN)) is not None for name in "abc"]
    assert written == [True, False, False]
    assert [path.name for path in (tmp_path / "pictures").rglob("*.jpg")] == ["a_1.jpg"]
    with pytest.raises(NotFoundError, match="is gone"):
        kept.path("lift/d/b_1.jpg")


def test_a_folder_that_empties_while_a_picture_comes_is_no_loss(tmp_path: Path) -> None:
    """Retention removes the last picture of a day again and again while new ones are written there."""
    kept, rounds = Pictures(tmp_path), 150
    names = [f"lift/2026-01-31/{n}_1.png" for n in range(rounds)]
    kept.expect(names)
    written: list[bool] = []
    small = np.zeros((5, 5), np.uint8)

    def write() -> None:
        written.extend(kept.save(name, small) is not None for name in names)

    def remove() -> None:
        for _ in range(10 * rounds):
            kept.remove(["lift/2026-01-31/gone_1.png"])
            done = [f"lift/2026-01-31/{path.name}" for path in kept.folder.rglob("*.png")]
            kept.remove(done)

    with ThreadPoolExecutor(2) as pool:
        for work in [pool.submit(write), pool.submit(remove)]:
            work.result()
    assert written == [True] * rounds
    assert kept.failed_writes == 0
