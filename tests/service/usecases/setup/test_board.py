"""Set-up jobs: one per lift, found again, cancelled, interrupted; real processes and a real database."""

import shutil
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from service.domain.errors import BarwatchError, ConflictError, NotFoundError, SecretError
from service.secrets.keys import KeyRing
from service.secrets.vault import Vault
from service.setup.jobs.messages import SetupOrder
from service.setup.jobs.state import Pick, SetupJob, SetupRequest, SetupState, SetupStep
from service.store.database import Store
from service.usecases.setup.board import MOST_RUNNING, SetupBoard
from service.usecases.setup.kept import RECORDINGS_KEPT_S, KeptSetups
from tests.service.store.empty import open_empty
from tests.service.usecases.setup import processes

REQUEST = SetupRequest(url="rtsp://127.0.0.1:1/live", name="My lift")
Make = Callable[..., SetupBoard]


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = open_empty(tmp_path)
    yield opened
    opened.close()


@pytest.fixture
def make(store: Store, tmp_path: Path) -> Iterator[Make]:
    """Make a board whose processes run `main`, started."""
    made: list[SetupBoard] = []

    def board(main: Callable[[Any, SetupOrder], None], **named: Any) -> SetupBoard:
        vault = Vault(store, KeyRing(tmp_path))
        made.append(SetupBoard(KeptSetups(tmp_path, store), vault.credentials, main=main, **named))
        made[-1].start()
        return made[-1]

    yield board
    for each in made:
        each.stop()


def await_job(board: SetupBoard, wanted: Callable[[SetupJob], bool], lift_id: str = "a") -> SetupJob:
    end_s = time.monotonic() + 60.0
    while time.monotonic() < end_s:
        if wanted(job := board.kept.get(lift_id)):
            return job
        time.sleep(0.02)
    raise AssertionError(f"it stays {job}")


def state(which: SetupState) -> Callable[[SetupJob], bool]:
    return lambda job: job.state is which


def code(action: Callable[[], object], kind: type[BarwatchError] = ConflictError) -> str:
    with pytest.raises(kind) as refused:
        action()
    return refused.value.code


def test_a_lift_has_one_job_and_whoever_asks_finds_it(make: Make) -> None:
    """A second start is refused, also from another tab; progress and picture are there; two lifts may run."""
    board = make(processes.looking)
    board.begin("a", REQUEST, "me")
    assert code(lambda: board.begin("a", REQUEST, "me", again=True)) == "setup_running"
    await_job(board, lambda job: job.step is SetupStep.WATCHING and board.live_picture("a") is not None)
    assert (board.share("a"), board.live_picture("a")) == (0.5, b"jpeg")
    assert KeptSetups(board.kept.folder("a").parent.parent, board.kept._store).get("a").started_by == "me"
    assert MOST_RUNNING == 2
    board.begin("b", REQUEST, "me")
    assert code(lambda: board.begin("c", REQUEST, "me")) == "setups_running"
    pid = board._running["a"].child.pid
    board.forget("a")
    assert not Path(f"/proc/{pid}").exists()
    assert code(lambda: board.kept.get("a"), NotFoundError) == "no_setup"
    board.forget("a")
    board.begin("c", REQUEST, "me")


def test_what_was_found_stays_and_is_not_replaced_by_accident(make: Make) -> None:
    """Ready with track, size and carriers; `again` replaces it and its pictures; forgetting deletes all."""
    board = make(processes.finding)
    board.begin("a", REQUEST, "me")
    job = await_job(board, state(SetupState.READY))
    assert (job.width, job.height, job.revision, len(job.carriers)) == (640, 360, 1, 6)
    assert job.proposal == job.proposed == processes.PROPOSAL
    assert "a" not in board._running
    assert code(lambda: board.begin("a", REQUEST, "me")) == "setup_exists"
    board.begin("a", REQUEST, "me", again=True)
    job = await_job(board, state(SetupState.READY))
    assert job.revision == 2
    assert sorted(path.name for path in board.kept.folder("a").iterdir()) == ["2", "recording.mkv"]
    board.forget("a")
    assert not board.kept.folder("a").exists()


def test_a_correction_cuts_the_carriers_out_again(make: Make) -> None:
    """By the corrected track; picks of the former pictures are dropped; not without the recording."""
    board = make(processes.finding)
    board.begin("a", REQUEST, "me")
    await_job(board, state(SetupState.READY))
    pick = Pick(state="open", by="me", at=datetime.now(UTC))
    board.pick("a", 2, pick)
    corrected = processes.PROPOSAL.model_copy(update={"passage_s": 2.0})
    board.cut_again("a", corrected)
    job = await_job(board, state(SetupState.READY))
    assert (job.revision, job.proposal, job.proposed, job.picks) == (2, corrected, processes.PROPOSAL, {})
    (board.kept.folder("a") / "recording.mkv").unlink()
    assert code(lambda: board.cut_again("a", corrected)) == "recording_gone"


def test_picks_are_kept_and_undone(make: Make) -> None:
    """Each is replaced or taken back alone; a carrier that there is not cannot be picked."""
    board = make(processes.finding)
    board.begin("a", REQUEST, "me")
    await_job(board, state(SetupState.READY))
    first = Pick(state="open", occupied=True, by="me", at=datetime.now(UTC))
    board.pick("a", 1, first)
    board.pick("a", 2, first.model_copy(update={"state": "closed", "occupied": None}))
    board.pick("a", 1, first.model_copy(update={"occupied": False}))
    board.pick("a", 2, None)
    assert board.kept.get("a").picks == {1: first.model_copy(update={"occupied": False})}
    with pytest.raises(NotFoundError):
        board.pick("a", 7, first)


@pytest.mark.parametrize(("main", "problem"), [("failing", "nothing_repeats"), ("dying", "process_lost")])
def test_a_job_that_fails_says_why_and_may_be_started_again(make: Make, main: str, problem: str) -> None:
    """As a code, with the step it was at; the service goes on."""
    board = make(getattr(processes, main))
    for _ in range(2):
        board.begin("a", REQUEST, "me")
        job = await_job(board, state(SetupState.FAILED))
        assert job.problem is not None
        assert job.problem.code == problem
        assert "step" in job.problem.parameters


def test_a_restarted_service_says_that_it_was_interrupted(make: Make) -> None:
    """The job is found by the next process, and can be started again."""
    board = make(processes.looking)
    board.begin("a", REQUEST, "me")
    board.stop()
    after = make(processes.finding)
    job = after.kept.get("a")
    assert job.state is SetupState.INTERRUPTED
    assert job.problem is not None
    assert job.problem.code == "interrupted"
    after.begin("a", REQUEST, "me")
    await_job(after, state(SetupState.READY))


def test_a_password_that_cannot_be_used_starts_nothing(make: Make) -> None:
    """What is wrong with it is said at once; no job is left behind."""
    board = make(processes.finding)
    request = REQUEST.model_copy(update={"credentials": "nobody"})
    assert code(lambda: board.begin("a", request, "me"), SecretError) == "no_such_secret"
    with pytest.raises(NotFoundError):
        board.kept.get("a")


def test_a_full_disk_is_not_recorded_on(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    """Said at once, as a code; what is there already stays."""
    board = make(processes.finding)
    board.begin("a", REQUEST, "me")
    await_job(board, state(SetupState.READY))
    usage = shutil.disk_usage("/")._replace(free=1000)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage)
    assert code(lambda: board.begin("a", REQUEST, "me", again=True)) == "no_space"
    assert board.kept.get("a").state is SetupState.READY
    assert (board.kept.folder("a") / "recording.mkv").exists()


def test_old_recordings_go(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    """After a week, at the next start of anything; the pictures of the carriers stay."""
    board = make(processes.finding)
    board.begin("a", REQUEST, "me")
    await_job(board, state(SetupState.READY))
    now = time.time()
    board.kept.purge()
    assert (board.kept.folder("a") / "recording.mkv").exists()
    monkeypatch.setattr(time, "time", lambda: now + RECORDINGS_KEPT_S + 60)
    board.kept.purge()
    assert sorted(path.name for path in board.kept.folder("a").iterdir()) == ["1"]
