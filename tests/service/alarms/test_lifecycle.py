"""An alarm's life: allowed steps happen once, the others are conflicts, and none vanishes."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest

from service.alarms import conditions, lifecycle
from service.alarms.lifecycle import Action, after
from service.domain.alarm import Alarm, AlarmDraft, AlarmKind, AlarmState, Severity
from service.domain.errors import ConflictError, NotFoundError
from service.domain.health import Health
from service.store import alarms
from service.store.alarms import history
from service.store.database import Store

NOW = datetime(2026, 1, 31, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
ACTIVE, ACKNOWLEDGED = AlarmState.ACTIVE, AlarmState.ACKNOWLEDGED
SHELVED, CLEARED = AlarmState.SHELVED, AlarmState.CLEARED
RETURNED, SUPPRESSED, OUT = AlarmState.RETURNED, AlarmState.SUPPRESSED, AlarmState.OUT_OF_SERVICE
LOST = Health(AlarmKind.CAMERA_LOST, "lift", True, "no frames")


@pytest.fixture
def alarm(store: Store) -> Alarm:
    return _raised(store, Severity.CRITICAL)


def _raised(store: Store, severity: Severity) -> Alarm:
    draft = AlarmDraft(AlarmKind.BAR_OPEN, severity, "lift", "open", passage_id="p")
    raised = store.write(lambda s: alarms.raise_alarm(s, draft)).result()
    assert raised is not None
    return raised


def test_every_pair_of_state_and_action_is_decided() -> None:
    """The whole table: what is not written here as allowed is a conflict."""
    allowed = {
        (ACTIVE, Action.ACKNOWLEDGE): ACKNOWLEDGED,
        (ACTIVE, Action.SHELVE): SHELVED,
        (ACTIVE, Action.CLEAR): RETURNED,
        (RETURNED, Action.ACKNOWLEDGE): CLEARED,
        (RETURNED, Action.RAISE): ACTIVE,
        (ACKNOWLEDGED, Action.SHELVE): SHELVED,
        (ACKNOWLEDGED, Action.CLEAR): CLEARED,
        (SHELVED, Action.UNSHELVE): ACTIVE,
        (SHELVED, Action.CLEAR): CLEARED,
        (ACKNOWLEDGED, Action.REALARM): ACTIVE,
        (SUPPRESSED, Action.CLEAR): CLEARED,
        (SUPPRESSED, Action.UNSUPPRESS): ACTIVE,
        (ACTIVE, Action.OUT_OF_SERVICE): OUT,
        (ACKNOWLEDGED, Action.OUT_OF_SERVICE): OUT,
        (RETURNED, Action.OUT_OF_SERVICE): OUT,
        (OUT, Action.RETURN_TO_SERVICE): ACTIVE,
    }
    for state in AlarmState:
        for action in Action:
            if (state, action) in allowed:
                assert after(state, action) is allowed[state, action]
            else:
                with pytest.raises(ConflictError, match=f"an alarm that is {state.value} cannot be"):
                    after(state, action)


def test_acknowledge_once(store: Store, alarm: Alarm) -> None:
    """The first acknowledgement takes the next seq and names who; the second is a conflict."""
    done = store.write(lambda s: lifecycle.acknowledge(s, alarm.id, "anna", "seen")).result()
    assert (done.state, done.seq) == (ACKNOWLEDGED, 2)
    with pytest.raises(ConflictError, match="acknowledged cannot be acknowledged"):
        store.write(lambda s: lifecycle.acknowledge(s, alarm.id, "ben")).result()
    with store.reading() as session:
        event = history.events(session, alarm.id)[-1]
    assert (event.seq, event.action, event.actor, event.note) == (2, "acknowledge", "anna", "seen")
    with pytest.raises(NotFoundError, match="no alarm 'x'"):
        store.write(lambda s: lifecycle.acknowledge(s, "x", "anna")).result()


@pytest.mark.parametrize("acknowledged", [False, True])
def test_shelving_expires_to_where_it_came_from(store: Store, acknowledged: bool) -> None:
    """A shelved alarm comes back by itself: active again if nobody had acknowledged it."""
    alarm = _raised(store, Severity.WARNING)
    if acknowledged:
        store.write(lambda s: lifecycle.acknowledge(s, alarm.id, "anna")).result()
    shelved = store.write(
        lambda s: lifecycle.shelve(s, alarm.id, "anna", until=NOW + HOUR, reason="test ride", now=NOW)
    ).result()
    assert shelved.state is SHELVED
    assert (
        store.write(lambda s: lifecycle.expire_shelved(s, NOW + HOUR - timedelta(seconds=1))).result() == ()
    )
    (back,) = store.write(lambda s: lifecycle.expire_shelved(s, NOW + HOUR)).result()
    assert back.state is (ACKNOWLEDGED if acknowledged else ACTIVE)
    assert back.seq == shelved.seq + 1
    assert store.write(lambda s: lifecycle.expire_shelved(s, NOW + 2 * HOUR)).result() == ()


@pytest.mark.parametrize(
    ("until", "reason", "message"),
    [
        (NOW, "r", "must lie ahead"),
        (NOW + 25 * HOUR, "r", "at most 24 hours"),
        (NOW + HOUR, "  ", "needs a reason"),
        ((NOW + HOUR).replace(tzinfo=None), "r", "time zone"),
    ],
)
def test_shelving_needs_an_end_and_a_reason(
    store: Store, alarm: Alarm, until: datetime, reason: str, message: str
) -> None:
    """Shelving for ever, or for nothing, is refused and changes nothing."""
    with pytest.raises(ConflictError, match=message):
        store.write(
            lambda s: lifecycle.shelve(s, alarm.id, "a", until=until, reason=reason, now=NOW)
        ).result()
    with store.reading() as session:
        assert alarms.get(session, alarm.id) == alarm


def test_comments_are_kept_in_order_and_change_nothing(store: Store, alarm: Alarm) -> None:
    """A comment is no change of the alarm: no seq. An empty one is refused."""
    for text in ("first", "second"):
        store.write(lambda s, text=text: lifecycle.comment(s, alarm.id, "anna", text)).result()  # type: ignore[misc]
    with pytest.raises(ConflictError):
        store.write(lambda s: lifecycle.comment(s, alarm.id, "anna", " ")).result()
    with store.reading() as session:
        assert [(c.author, c.text) for c in history.comments(session, alarm.id)] == [
            ("anna", "first"),
            ("anna", "second"),
        ]
        assert alarms.last_seq(session) == 1


def test_a_condition_is_raised_once_and_cleared_when_over(store: Store, alarm: Alarm) -> None:
    """Said twice it is one alarm; over, it is cleared even if shelved; the bar's alarm is not touched."""
    lost = Health(AlarmKind.CAMERA_LOST, "lift", True, "no frames")
    back = Health(AlarmKind.CAMERA_LOST, "lift", False, "frames again")
    for _ in range(2):
        store.write(lambda s: conditions.apply(s, lost)).result()
    with store.reading() as session:
        (standing,) = alarms.standing(session)
    store.write(lambda s: lifecycle.acknowledge(s, standing.id, "a")).result()
    store.write(
        lambda s: lifecycle.shelve(s, standing.id, "a", until=NOW + HOUR, reason="snow", now=NOW)
    ).result()
    store.write(lambda s: conditions.apply(s, lost)).result()
    for _ in range(2):
        store.write(lambda s: conditions.apply(s, back)).result()
    with store.reading() as session:
        assert alarms.get(session, standing.id).state is CLEARED
        assert alarms.get(session, alarm.id).state is ACTIVE
        assert alarms.standing(session) == ()
        assert [entry.seq for entry in alarms.outbox(session, 0)] == [1, 2, 3, 4, 5]


@pytest.mark.fault(30)
@pytest.mark.parametrize("shelved", [False, True])
def test_what_is_over_before_anybody_saw_it_stays_on_the_list(store: Store, shelved: bool) -> None:
    """Row 30: the condition ends unseen, shelved or not: `returned`, listed, and acknowledged it is done."""
    lost = Health(AlarmKind.CAMERA_LOST, "lift", True, "no frames")
    store.write(lambda s: conditions.apply(s, lost)).result()
    with store.reading() as session:
        (alarm,) = alarms.standing(session)
    if shelved:
        until = NOW + HOUR
        store.write(lambda s: lifecycle.shelve(s, alarm.id, "a", until=until, reason="r", now=NOW)).result()
    store.write(lambda s: conditions.apply(s, replace(lost, active=False))).result()
    with store.reading() as session:
        assert alarms.standing(session) == ()
        (listed,) = alarms.listing(session, standing=True).items
    assert (listed.id, listed.state) == (alarm.id, RETURNED)
    assert store.write(lambda s: lifecycle.expire_shelved(s, NOW + HOUR)).result() == ()
    with pytest.raises(ConflictError, match="returned cannot be shelved"):
        store.write(
            lambda s: lifecycle.shelve(s, alarm.id, "a", until=NOW + HOUR, reason="r", now=NOW)
        ).result()
    done = store.write(lambda s: lifecycle.acknowledge(s, alarm.id, "anna", "seen")).result()
    assert done.state is CLEARED
    with store.reading() as session:
        assert alarms.listing(session, standing=True).items == ()


@pytest.mark.fault(30)
def test_what_begins_again_before_anybody_saw_it_is_the_same_alarm(store: Store) -> None:
    """Lost, back and lost again unseen: one alarm, active again under a new seq, with what is so now."""
    lost = Health(AlarmKind.CAMERA_LOST, "lift", True, "no frame for 8 s", parameters={"silent_s": 8})
    again = Health(AlarmKind.CAMERA_LOST, "lift", True, "no frame for 9 s", parameters={"silent_s": 9})
    for health in (lost, replace(lost, active=False), again):
        store.write(partial(conditions.apply, health=health)).result()
    with store.reading() as session:
        (alarm,) = alarms.listing(session).items
        events = [(event.action, event.state) for event in history.events(session, alarm.id)]
    assert (alarm.state, alarm.message, alarm.parameters) == (ACTIVE, "no frame for 9 s", {"silent_s": 9})
    assert events == [("raise", ACTIVE), ("clear", RETURNED), ("raise", ACTIVE)]


@pytest.mark.fault(31)
@pytest.mark.parametrize("first_becomes", [ACTIVE, ACKNOWLEDGED, SHELVED])
def test_a_second_cause_is_seen_and_heard(store: Store, first_becomes: AlarmState) -> None:
    """A covered lens is a new event whatever became of the snow before it; each goes with its own cause."""
    snow = Health(AlarmKind.LOW_VISIBILITY, "lift", True, "snow on the lens", "snow")
    covered = Health(AlarmKind.LOW_VISIBILITY, "lift", True, "the lens is covered", "covered")
    store.write(lambda s: conditions.apply(s, snow)).result()
    with store.reading() as session:
        (first,) = alarms.standing(session)
    if first_becomes is ACKNOWLEDGED:
        store.write(lambda s: lifecycle.acknowledge(s, first.id, "anna")).result()
    elif first_becomes is SHELVED:
        until = NOW + HOUR
        store.write(lambda s: lifecycle.shelve(s, first.id, "a", until=until, reason="r", now=NOW)).result()
    with store.reading() as session:
        before = alarms.last_seq(session)
    store.write(lambda s: conditions.apply(s, covered)).result()
    with store.reading() as session:
        (entry,) = alarms.outbox(session, before)
    event = entry.alarm
    assert event is not None
    assert (event.state, event.message, event.cause) == (ACTIVE, "the lens is covered", "covered")
    over = Health(AlarmKind.LOW_VISIBILITY, "lift", False, "clear view again", "snow")
    store.write(lambda s: conditions.apply(s, over)).result()
    with store.reading() as session:
        assert [alarm.id for alarm in alarms.standing(session)] == [event.id]
    gone = Health(AlarmKind.LOW_VISIBILITY, "lift", False, "the lift was removed")
    store.write(lambda s: conditions.apply(s, gone)).result()
    with store.reading() as session:
        assert alarms.standing(session) == ()


def _shelve(store: Store, alarm_id: str, until: datetime, now: datetime = NOW) -> Alarm:
    job = partial(lifecycle.shelve, alarm_id=alarm_id, actor="anna", until=until, reason="ice", now=now)
    return store.write(job).result()


def _condition(store: Store) -> Alarm:
    store.write(partial(conditions.apply, health=LOST, at=NOW)).result()
    with store.reading() as session:
        (alarm,) = alarms.standing(session)
    return alarm


def test_a_critical_alarm_is_acknowledged_before_it_is_shelved(store: Store, alarm: Alarm) -> None:
    """Nobody shelves people in danger unseen; what is only a warning may be shelved at once."""
    with pytest.raises(ConflictError, match="acknowledged before it is shelved") as refused:
        _shelve(store, alarm.id, NOW + HOUR)
    assert refused.value.code == "acknowledge_first"
    store.write(partial(lifecycle.acknowledge, alarm_id=alarm.id, actor="anna")).result()
    assert _shelve(store, alarm.id, NOW + HOUR).state is SHELVED


def test_what_is_shelved_says_by_whom_until_when_and_why_until_it_is_back(store: Store) -> None:
    """All of it is with the alarm; a person may bring it back sooner, and then nothing of it is left."""
    alarm = _condition(store)
    shelved = _shelve(store, alarm.id, NOW + HOUR)
    said = (shelved.shelved_by, shelved.shelved_until, shelved.shelved_reason)
    assert said == ("anna", NOW + HOUR, "ice")
    back = store.write(partial(lifecycle.unshelve, alarm_id=alarm.id, actor="ben")).result()
    assert (back.state, back.shelved_by, back.shelved_until, back.shelved_reason) == (
        ACTIVE,
        None,
        None,
        None,
    )
    with pytest.raises(ConflictError, match="active cannot be unshelved"):
        store.write(partial(lifecycle.unshelve, alarm_id=alarm.id, actor="ben")).result()


@pytest.mark.parametrize("by_hand", [False, True], ids=["expired", "unshelved"])
def test_nobody_shelves_for_ever_by_renewing(store: Store, by_hand: bool) -> None:
    """24 hours in all, whether it came back or was brought back, until somebody has seen it again."""
    alarm = _condition(store)
    _shelve(store, alarm.id, NOW + 20 * HOUR)
    later = NOW + 20 * HOUR
    if by_hand:
        later = NOW + 10 * HOUR
        store.write(partial(lifecycle.unshelve, alarm_id=alarm.id, actor="ben", now=later)).result()
    else:
        store.write(partial(lifecycle.expire_shelved, now=later)).result()
    with pytest.raises(ConflictError, match="at most 24 hours in all") as refused:
        _shelve(store, alarm.id, NOW + 25 * HOUR, later)
    assert refused.value.code == "shelved_for_too_long"
    store.write(partial(lifecycle.acknowledge, alarm_id=alarm.id, actor="ben", now=later)).result()
    assert _shelve(store, alarm.id, later + 24 * HOUR, later).state is SHELVED


def test_an_acknowledged_alarm_that_was_shelved_for_a_day_calls_again(store: Store) -> None:
    """Where it came from would be silence: whoever shelved it must see it again."""
    alarm = _condition(store)
    store.write(partial(lifecycle.acknowledge, alarm_id=alarm.id, actor="anna", now=NOW)).result()
    _shelve(store, alarm.id, NOW + 24 * HOUR)
    (back,) = store.write(partial(lifecycle.expire_shelved, now=NOW + 24 * HOUR)).result()
    assert (back.state, back.acknowledged_by) == (ACTIVE, None)


def test_who_acknowledged_and_when_it_ended_is_with_the_alarm(store: Store) -> None:
    """An end before and after; an alarm that begins again says neither."""
    alarm = _condition(store)
    over = replace(LOST, active=False)
    store.write(partial(conditions.apply, health=over, at=NOW + HOUR)).result()
    with store.reading() as session:
        assert alarms.get(session, alarm.id).ended_at == NOW + HOUR
    store.write(partial(conditions.apply, health=LOST, at=NOW + 2 * HOUR)).result()
    done = store.write(
        partial(lifecycle.acknowledge, alarm_id=alarm.id, actor="anna", now=NOW + 3 * HOUR)
    ).result()
    assert (done.ended_at, done.acknowledged_by, done.acknowledged_at) == (None, "anna", NOW + 3 * HOUR)


@pytest.mark.parametrize("cause", [AlarmKind.WORKER_DOWN, AlarmKind.CAMERA_LOST])
def test_what_only_follows_from_another_alarm_is_suppressed_and_says_so(
    store: Store, cause: AlarmKind
) -> None:
    """While that one is seen; it stays on the list, and is cleared with its condition without a call."""
    place = None if cause is AlarmKind.WORKER_DOWN else "lift"
    first, rate = (
        Health(cause, place, True, "down"),
        Health(AlarmKind.LIFT_UNKNOWN_RATE, "lift", True, "20 of 20"),
    )
    for health in (first, rate):
        store.write(partial(conditions.apply, health=health)).result()
    with store.reading() as session:
        (found,) = alarms.listing(session, kind=AlarmKind.LIFT_UNKNOWN_RATE).items
        assert found in alarms.listing(session, standing=True).items
    assert (found.state, found.suppressed_by) == (SUPPRESSED, cause)
    store.write(partial(conditions.apply, health=replace(rate, active=False))).result()
    with store.reading() as session:
        assert alarms.get(session, found.id).state is CLEARED


def test_what_stood_first_or_elsewhere_is_not_suppressed(store: Store) -> None:
    """Another lift's camera is no reason; nor is one that came later, for somebody was called already."""
    rate = Health(AlarmKind.LIFT_UNKNOWN_RATE, "other", True, "20 of 20")
    for health in (LOST, rate, Health(AlarmKind.CAMERA_LOST, "other", True, "no frames")):
        store.write(partial(conditions.apply, health=health)).result()
    with store.reading() as session:
        (found,) = alarms.listing(session, kind=AlarmKind.LIFT_UNKNOWN_RATE).items
    assert (found.state, found.suppressed_by) == (ACTIVE, None)
