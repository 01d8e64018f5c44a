"""The queue of reviews over HTTP: blind, by two people, settled, taken back."""

import csv
import io
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy.orm import Session

from lifts.decision.verdict import Verdict
from service.domain.people import Role
from service.domain.reviewing.sampling import Stratum
from service.reviewing.export import ExportRange, labels_csv
from service.store import passages
from service.store.records import PassageRecord
from tests.service.api.conftest import House
from tests.service.api.reviewing.reviewers import Person, drawn


@pytest.fixture
def lift(house: House) -> House:
    house.enrol()
    return house


def stored(house: House, name: str) -> PassageRecord:
    with house.store.reading() as session:
        return passages.get(session, name)


@pytest.mark.parametrize(
    ("answer", "label"),
    [
        ("open", ("open", True)),
        ("closed", ("closed", None)),
        ("moving", ("unknown", True)),
        ("empty", ("unknown", False)),
        ("cannot_tell", ("unknown", None)),
    ],
)
def test_a_lift_learns_only_what_an_answer_says(
    lift: House, answer: str, label: tuple[str, bool | None]
) -> None:
    """The bar of open and closed alone; a seat only where somebody said who sits there."""
    lift.add_passage()
    anna = Person.named(lift, "anna")
    shown = anna.answers("p-1", answer)["review"]
    assert (shown["answer"], shown["verdict"], shown["occupied"]) == (answer, *label)
    review = stored(lift, "p-1").review
    assert review is not None
    assert (review.verdict.value, review.occupied) == label
    assert shown["alarm_right"] is {"open": True, "moving": True, "cannot_tell": None}.get(answer, False)


def test_a_label_as_before_stands_for_an_answer(lift: House) -> None:
    """Bar and seat, as other programs send them; an answer may be told more, and nothing else."""
    lift.add_passage()
    anna = Person.named(lift, "anna")
    labels = {("open", False): "empty", ("open", None): "open", ("closed", False): "closed"}
    for (verdict, occupied), answer in labels.items():
        body = {"verdict": verdict, "occupied": occupied}
        shown = anna.call("POST", "/passages/p-1/review", json=body).json()["review"]
        assert (shown["answer"], shown["verdict"], shown["occupied"]) == (answer, verdict, occupied)
    assert anna.answers("p-1", "empty", verdict="open")["review"]["verdict"] == "open"
    for wrong in ({"answer": "open", "occupied": False}, {"answer": "closed", "verdict": "open"}):
        refused = anna.call("POST", "/passages/p-1/review", json=wrong)
        assert (refused.status_code, refused.json()["code"]) == (422, "answer_contradicted")
    assert anna.call("POST", "/passages/p-1/review", json={"comment": "?"}).status_code == 422


def test_the_queue_says_nothing_of_what_was_said(lift: House) -> None:
    """Pictures, lift and time: neither verdict nor label, nor why it is there; in the drawn order."""
    drawn(lift, "p-1", "p-2")
    anna = Person.named(lift, "anna")
    first = anna.queue["items"][0]
    assert set(first) == {"passage_id", "lift_id", "recorded_at", "pictures"}
    assert [anna.call("GET", one).status_code for one in first["pictures"]] == [200] * 3
    assert anna.waiting == ["p-1", "p-2"]
    anna.answers("p-1", "closed")
    assert (anna.waiting, anna.queue["waiting"], anna.queue["answered_today"]) == (["p-2"], 1, 1)
    assert Person.named(lift, "bert").waiting == ["p-2"]


def test_a_second_person_answers_blind(lift: House) -> None:
    """Never the same person; alike, it is settled, and the audit has both."""
    drawn(lift, "p-1", second=True)
    anna, bert = Person.named(lift, "anna"), Person.named(lift, "bert")
    anna.answers("p-1", "closed")
    assert anna.waiting == []
    assert (bert.waiting, bert.queue["second"]) == (["p-1"], 1)
    bert.answers("p-1", "closed")
    assert bert.waiting == [] == Person.named(lift, "carl").waiting
    given = lift.call("GET", "/passages/p-1/reviews", Role.VIEWER).json()["items"]
    assert [(one["by"], one["answer"], one["ended_at"]) for one in given] == [
        ("anna", "closed", None),
        ("bert", "closed", None),
    ]
    entries = lift.call("GET", "/audit?action=passage.review").json()["items"]
    assert {one["actor"] for one in entries} == {"anna", "bert"}
    assert lift.call("GET", "/lifts/demo-quad/accuracy").json()["agreement"]["both"] == 1


@pytest.mark.parametrize("how", ["third", "agreement"])
def test_who_differs_is_listed_until_it_is_settled(lift: House, how: str) -> None:
    """Meanwhile nothing is learnt; a third decides, or one of the two changes their mind."""
    drawn(lift, "p-1", second=True)
    anna, bert, carl = (Person.named(lift, name) for name in ("anna", "bert", "carl"))
    anna.answers("p-1", "open")
    bert.answers("p-1", "closed")
    label = stored(lift, "p-1").review
    assert label is not None
    assert (label.verdict, label.occupied, label.disputed) == (Verdict.UNKNOWN, None, True)
    (listed,) = anna.call("GET", "/lifts/demo-quad/reviews/disagreements").json()["items"]
    assert [(one["by"], one["answer"]) for one in listed["answers"]] == [("anna", "open"), ("bert", "closed")]
    assert listed["passage"]["review"]["disputed"] is True
    if how == "third":
        assert carl.waiting == ["p-1"]
        carl.answers("p-1", "closed")
    else:
        anna.call("POST", "/passages/p-1/review", json={"answer": "closed"})
    settled = stored(lift, "p-1").review
    assert settled is not None
    assert (settled.verdict, settled.disputed) == (Verdict.CLOSED, False)
    assert anna.call("GET", "/lifts/demo-quad/reviews/disagreements").json()["items"] == []
    agreement = lift.call("GET", "/lifts/demo-quad/accuracy").json()["agreement"]
    assert (agreement["both"], agreement["expected"]) == (1, 0)  # what they first said counts


def test_an_answer_is_taken_back(lift: House) -> None:
    """The passage waits again, the label is gone, and both stand in the history; another's is not touched."""
    drawn(lift, "p-1")
    anna, bert = Person.named(lift, "anna"), Person.named(lift, "bert")
    anna.answers("p-1", "open")
    refused = bert.call("DELETE", "/passages/p-1/review")
    assert (refused.status_code, refused.json()["code"]) == (404, "no_review")
    assert anna.call("DELETE", "/passages/p-1/review").json()["review"] is None
    assert anna.waiting == ["p-1"]
    assert [one["ended_at"] is None for one in _history(lift)] == [False]
    anna.answers("p-1", "closed")
    anna.answers("p-1", "empty")
    assert [(one["answer"], one["ended_at"] is None) for one in _history(lift)] == [
        ("open", False),
        ("closed", False),
        ("empty", True),
    ]


def _history(house: House) -> Any:
    return house.call("GET", "/passages/p-1/reviews").json()["items"]


def test_a_person_asks_for_a_review(lift: House) -> None:
    """It comes before what was drawn, and speaks for no sample."""
    drawn(lift, "p-1")
    lift.add_passage("p-2")
    anna = Person.named(lift, "anna")
    assert anna.call("POST", "/passages/p-2/review/ask").status_code == 204
    assert anna.call("POST", "/passages/p-2/review/ask").status_code == 204
    assert anna.waiting == ["p-2", "p-1"]
    anna.answers("p-2", "open")
    assert lift.call("GET", "/lifts/demo-quad/accuracy").json()["accuracy"]["reviewed"] == 0
    assert anna.call("POST", "/passages/p-9/review/ask").status_code == 404


def test_a_passage_without_pictures_waits_for_nobody(lift: House) -> None:
    """What was deleted cannot be reviewed."""
    drawn(lift, "p-1", "p-2")
    lift.call("DELETE", "/passages/p-1/pictures")
    assert Person.named(lift, "anna").waiting == ["p-2"]


def test_a_lifts_accuracy_follows_from_its_sample(lift: House) -> None:
    """One miss of four stands for ten; what struck somebody elsewhere speaks for nothing alone."""
    drawn(lift, "p-1", "p-2", "p-3", "p-4")
    drawn(lift, "p-5", "p-6", stratum=Stratum.ALARM)
    anna = Person.named(lift, "anna")
    for name in ("p-5", "p-6"):
        anna.answers(name, "open")
    anna.call("POST", "/passages/p-1/review", json={"answer": "open"})
    path = "/lifts/demo-quad/accuracy"
    before = lift.call("GET", path, Role.VIEWER).json()["accuracy"]
    assert (before["misses_per_1000"], before["uncovered"]) == (None, ["clear"])
    assert before["false_per_100_alarms"]["expected"] == 0
    for name in ("p-2", "p-3", "p-4"):
        anna.answers(name, "closed")
    found = lift.call("GET", path, Role.VIEWER).json()
    whole, misses = found["accuracy"], found["accuracy"]["misses_per_1000"]
    assert whole["found"] == {"caught": 2, "missed": 1, "fine": 3}
    assert misses["expected"] == pytest.approx(1000 * 10 / (10 + 20))
    assert misses["low"] < misses["expected"] < misses["high"]
    assert whole["more_for_misses"] > 0
    assert found["drift_of_misses"] == {"trend": "too_few", "p": None, "events": 1}
    assert sum(week["accuracy"]["reviewed"] for week in found["weeks"]) == 6
    refused = lift.call("GET", f"{path}?from=2026-02-01&to=2026-02-01")
    assert (refused.status_code, refused.json()["code"]) == (422, "span_invalid")


def test_labels_leave_as_a_table(lift: House) -> None:
    """With stratum and probability; what a table program would compute is text; the export is noted."""
    drawn(lift, "p-1")
    lift.add_passage("p-2", Verdict.CLOSED)
    anna = Person.named(lift, "anna")
    anna.answers("p-1", "moving", comment="=1+1")
    anna.answers("p-2", "closed")
    answer = anna.call("GET", "/lifts/demo-quad/reviews/export.csv")
    assert answer.headers["content-type"].startswith("text/csv")
    two, one = csv.DictReader(io.StringIO(answer.text))
    assert (one["passage_id"], one["answer"], one["stratum"], one["probability"]) == (
        *("p-1", "moving", "clear", "0.1"),
    )
    assert (two["passage_id"], two["answer"], two["stratum"]) == ("p-2", "closed", "")
    assert "anna" not in answer.text
    (entry,) = lift.call("GET", "/audit?action=review.export").json()["items"]
    assert (entry["actor"], entry["subject"]) == ("anna", "demo-quad")


def test_a_slow_client_of_the_labels_holds_no_state_of_the_database(
    lift: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While a page is on its way nobody reads: else the database's log would grow for as long."""
    drawn(lift, "p-1")
    anna = Person.named(lift, "anna")
    anna.answers("p-1", "open")
    reading, held = lift.store.reading, 0

    @contextmanager
    def counted() -> Iterator[Session]:
        nonlocal held
        with reading() as session:
            held += 1
            yield session
            held -= 1

    monkeypatch.setattr(lift.store, "reading", counted)
    lines = labels_csv(lift.store, ExportRange("demo-quad", None, None))
    header, line = next(lines), next(lines)
    assert header.startswith(b"passage_id")
    assert b"p-1" in line
    assert held == 0


def test_pictures_leave_as_they_are_stored(lift: House) -> None:
    """With everybody's answer; where people are hidden now, none leaves on which nobody was hidden."""
    drawn(lift, "p-1", second=True)
    anna = Person.named(lift, "anna")
    anna.answers("p-1", "open", comment="=cmd")
    Person.named(lift, "bert").answers("p-1", "closed")
    hidden = _unpacked(anna)
    assert sorted(hidden) == ["answers.csv", "labels.csv"]
    said = list(csv.DictReader(io.StringIO(hidden["answers.csv"].decode())))
    assert [(one["reviewer"], one["answer"], one["comment"]) for one in said] == [
        ("R1", "open", "'=cmd"),
        ("R2", "closed", ""),
    ]
    (label,) = csv.DictReader(io.StringIO(hidden["labels.csv"].decode()))
    assert (label["answer"], label["state"]) == ("", "disputed")
    configured = lift.call("GET", "/lifts/demo-quad").json()
    body = {key: configured[key] for key in ("name", "seats")} | {"privacy": "none"}
    assert lift.call("PUT", "/lifts/demo-quad", json=body).status_code == 200
    shown = _unpacked(anna)
    for number in (1, 2, 3):
        served = anna.call("GET", f"/passages/p-1/pictures/{number}.jpg").content
        assert shown[f"pictures/p-1-{number}.jpg"] == served


def _unpacked(person: Person) -> dict[str, bytes]:
    content = person.call("GET", "/lifts/demo-quad/reviews/export.zip").content
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}
