"""The ledger of calls, the number of embedders, and what is told: pure machines, without a process."""

import time
from functools import partial

import numpy as np
import pytest

from lifts.decision.verdict import NO_RIDERS, Inference
from service.alarms import conditions
from service.cluster.embedding.calls import DEPTH, HANG_S, Asked, CallBook, JoinedEmbedder
from service.cluster.embedding.pieces import PIECE, Batch, cut, joined
from service.cluster.embedding.pool import CALL, DROP, WANT
from service.cluster.embedding.scale import Scale, ScaleLimits
from service.cluster.embedding.telling import ClusterHealth
from service.domain.alarm import AlarmKind
from service.domain.health import Health
from service.store import alarms
from service.store.database import Store


def asked(count: int, kind: str = "pictures", references: float | None = None) -> Asked:
    given = None if references is None else np.full((3, 2), references, np.float32)
    images = np.full((count, 200, 200, 3), count, np.uint8)
    return Asked(kind, images, time.monotonic() + 60, given, kind == "look", since_mono_s=0.0)


def steady(wanted: int = 1) -> Scale:
    return Scale(ScaleLimits(wanted, wanted))


def test_the_embedder_with_the_least_to_do_is_called_and_none_has_too_much() -> None:
    """Three pictures make a call of a processor's; all that is one call is of one kind."""
    book = CallBook(999)
    book.embedders = {1: JoinedEmbedder("cpu float32", 11), 2: JoinedEmbedder("cuda:0 float16", 12)}
    book.waiting.extend([asked(2), asked(1), asked(1, "masks"), asked(12), asked(12), asked(12)])
    orders = book.orders(0.0, steady(2))
    calls = [(order[1], order[3].kind, order[3].counts) for order in orders if order[0] == CALL]
    assert calls == [
        (1, "pictures", (2, 1)),
        (2, "masks", (1,)),
        (1, "pictures", (12,)),
        (2, "pictures", (12, 12)),
    ]
    assert [len(one.calls) for one in book.embedders.values()] == [DEPTH, DEPTH]
    assert not book.can_call
    assert (WANT, 2) in orders


def test_a_lost_embedders_requests_are_tried_once_more_and_first() -> None:
    """Those that lose two embedders are given up; answered ones are not asked again."""
    book = CallBook(999)
    first, second, done, later = asked(3), asked(3), asked(3), asked(1)
    book.waiting.extend([first, second])
    book.embedders[1] = JoinedEmbedder("cpu float32", 11)
    book.orders(0.0, steady())
    book.waiting.append(later)
    second.answer("already")
    assert book.lost(1) == []
    assert list(book.waiting) == [first, later]
    book.embedders[2] = JoinedEmbedder("cpu float32", 12)
    book.orders(0.0, steady())
    assert book.lost(2) == [first]
    assert list(book.waiting) == [later]
    assert book.lost(2) == []
    assert done not in book.open


def test_what_can_wait_goes_last_and_alone() -> None:
    book = CallBook(999)
    book.waiting.extend([asked(1, "look"), asked(1, "look"), asked(1), asked(1)])
    book.embedders[1] = JoinedEmbedder("cpu float32", 11)
    assert [order[3].counts for order in book.orders(0.0, steady()) if order[0] == CALL] == [(1, 1), (1,)]


def test_stuck_and_surplus_embedders_are_dropped() -> None:
    """One that is stuck, whatever it has; of those too many, the newest that has nothing."""
    book = CallBook(999)
    book.embedders = {number: JoinedEmbedder("cpu float32", number) for number in (1, 2, 3)}
    book.waiting.append(asked(3))
    assert [order for order in book.orders(0.0, steady(2)) if order[0] == DROP] == [(DROP, 3)]
    book.lost(3)
    assert [order for order in book.orders(HANG_S + 10, steady(2)) if order[0] == DROP] == [(DROP, 1)]


def test_what_has_waited_for_long_is_this_machines() -> None:
    """A call that is under way may still be answered first; what waits is not computed twice."""
    book = CallBook(999)
    called, waits, new = asked(3), asked(3), asked(3)
    new.since_mono_s = 100.0
    book.embedders[1] = JoinedEmbedder("cpu float32", 11)
    book.waiting.append(called)
    book.orders(0.0, steady())
    book.waiting.extend([waits, new])
    assert book.late(0.5) == []
    assert book.late(5.0) == [waits, called]
    assert list(book.waiting) == [new]
    assert called in book.open


def test_a_full_book_says_so() -> None:
    book = CallBook(4)
    book.waiting.append(asked(3))
    assert (book.full(asked(1)), book.full(asked(2))) == (False, True)
    assert len(book.clear()) == 1
    assert book.images == 0


def test_a_batch_arrives_as_it_was_sent_and_its_answer_goes_to_those_who_asked() -> None:
    """In pieces that Ray sends as they are, whatever is in them; references are each request's own."""
    requests = [asked(2, references=0.5), asked(1), asked(3, references=0.25)]
    pieces = cut(Batch.of(requests))
    assert max(map(len, pieces)) <= PIECE
    batch = joined(pieces)
    assert batch.references_of_each(2)[:, 0, 0].tolist() == [0.5, 0.5, 0.0, 0.25, 0.25, 0.25]
    assert batch.images[:, 0, 0, 0].tolist() == [2, 2, 1, 3, 3, 3]
    found = np.arange(6, dtype=np.float32)
    answer = Inference(found[:, None], found, np.stack([found, found], 1), NO_RIDERS)
    back = cut(answer, batch.answer_pieces(1, 0))
    parts = batch.parts_of(joined(back))
    assert [part.occupancy.tolist() for part in parts] == [[0, 1], [2], [3, 4, 5]]
    assert [len(part) for part in batch.parts_of(found)] == [2, 1, 3]


@pytest.mark.parametrize("kind", ["pictures", "masks", "kept"])
def test_answers_of_the_largest_batch_fit_their_pieces(kind: str) -> None:
    """By the shipped network's measures: more would make a detour by Ray's store."""
    dim, cells, count = 5000, 25, 64
    batch = Batch(kind, np.zeros((count, 1), np.uint8), (count,), (None,))
    rows = np.zeros((count, dim), np.float32)
    riders = np.zeros((count, cells, cells), np.float32)
    answer = rows if kind == "masks" else Inference(rows, rows[:, 0], rows[:, :2], riders)
    pieces = cut(answer, batch.answer_pieces(dim, cells))
    assert PIECE * 0.9 < max(map(len, pieces)) <= PIECE


def test_embedders_follow_the_queue() -> None:
    """One more when requests have waited; none while one is starting; one fewer after a long calm."""
    scale = Scale(ScaleLimits(1, 3, grow_s=0.5, shrink_s=60.0))

    def at(now: float, *, waiting: bool, busy: int, ready: int) -> int:
        return scale.step(now, waiting=waiting, busy=busy, ready=ready)

    assert at(0.0, waiting=True, busy=1, ready=1) == 1
    assert at(0.4, waiting=False, busy=1, ready=1) == 1
    assert at(0.6, waiting=True, busy=1, ready=1) == 1
    assert at(1.2, waiting=True, busy=1, ready=1) == 2
    assert at(9.0, waiting=True, busy=1, ready=1) == 2
    assert at(10.0, waiting=True, busy=2, ready=2) == 2
    assert at(10.6, waiting=True, busy=2, ready=2) == 3
    assert at(20.0, waiting=True, busy=3, ready=3) == 3
    assert at(30.0, waiting=True, busy=3, ready=3) == 3
    assert at(40.0, waiting=False, busy=1, ready=3) == 3
    assert at(90.0, waiting=False, busy=3, ready=3) == 3
    assert at(95.0, waiting=False, busy=1, ready=3) == 3
    assert at(156.0, waiting=False, busy=1, ready=3) == 2
    assert at(217.0, waiting=False, busy=0, ready=2) == 2
    assert at(278.0, waiting=False, busy=0, ready=2) == 1
    assert at(999.0, waiting=False, busy=0, ready=1) == 1


def test_what_is_told_of_a_cluster_and_of_the_engine_beside_it() -> None:
    """A reason is told at once, silence after a while; that nobody judges, only when nobody does."""
    health = ClusterHealth(join_s=10.0)
    down = Health(AlarmKind.WORKER_DOWN, None, True, "No carrier can be judged: it died")

    def told(now: float, judges: bool, gone: str = "") -> list[tuple[AlarmKind, bool]]:
        return [(each.kind, each.active) for each in health.step(now, judges=judges, gone=gone)]

    assert told(0.0, False) == told(9.0, False) == []
    assert told(10.5, False) == [(AlarmKind.CLUSTER_LOST, True)]
    assert told(11.0, True) == [(AlarmKind.CLUSTER_LOST, False)]
    health.local(down)
    assert told(12.0, True) == []
    assert told(13.0, False) == [(AlarmKind.WORKER_DOWN, True)]
    assert told(14.0, False, "the head is gone") == [(AlarmKind.CLUSTER_LOST, True)]
    assert told(15.0, False) == []
    health.local(Health(AlarmKind.WORKER_DOWN, None, False, "back"))
    assert told(16.0, False) == [(AlarmKind.WORKER_DOWN, False)]
    assert told(17.0, True) == [(AlarmKind.CLUSTER_LOST, False)]


def test_a_cluster_that_was_lost_when_the_last_run_ended_is_said_to_judge_again(store: Store) -> None:
    """Its alarm would stand for ever: a new run saw nothing begin. While joining, nothing is told."""
    lost = Health(AlarmKind.CLUSTER_LOST, None, True, "The cluster does not judge: the head is gone")
    store.write(partial(conditions.apply, health=lost)).result()
    health = ClusterHealth(join_s=10.0)
    assert health.step(0.0, judges=False, gone="") == []
    for told in health.step(1.0, judges=True, gone=""):
        store.write(partial(conditions.apply, health=told)).result()
    with store.reading() as session:
        assert alarms.standing(session) == ()
    assert health.step(2.0, judges=True, gone="") == []
