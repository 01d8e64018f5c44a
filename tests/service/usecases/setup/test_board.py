"""Set-up jobs: one per lift, found again, cancelled, interrupted; real processes and a real database."""

import shutil
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from lifts.schema import Camera, Lift
from service.domain.errors import BarwatchError, ConflictError, NotFoundError, SecretError, StoreError
from service.host.clocks.wall_clock import WallClock
from service.secrets.keys import KeyRing
from service.secrets.vault import Vault
from service.setup.jobs.messages import SetupOrder
from service.setup.jobs.state import Pick, SetupJob, SetupRequest, SetupState, SetupStep
from service.store import lifts
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
    assert (job.width, job.height, len(job.carriers)) == (640, 360, 6)
    first = job.revision
    assert job.proposal == job.proposed == processes.PROPOSAL
    with board._lock:  # it is stored before its process is let go, and nobody sees it in between
        assert "a" not in board._running
    assert code(lambda: board.begin("a", REQUEST, "me")) == "setup_exists"
    board.begin("a", REQUEST, "me", again=True)
    job = await_job(board, state(SetupState.READY))
    assert job.revision == first + 1
    names = sorted(path.name for path in board.kept.folder("a").iterdir())
    assert names == [str(job.revision), "recording.mkv"]
    board.forget("a")
    assert not board.kept.folder("a").exists()


def test_a_correction_cuts_the_carriers_out_again(make: Make) -> None:
    """By the corrected track, which is not the lift's yet; picks are dropped; not without the recording."""
    board = make(processes.finding)
    board.begin("a", REQUEST, "me")
    first = await_job(board, state(SetupState.READY)).revision
    board.note_watched("a")
    pick = Pick(state="open", by="me", at=datetime.now(UTC))
    board.pick("a", 2, pick)
    corrected = processes.PROPOSAL.model_copy(update={"passage_s": 2.0})
    board.cut_again("a", corrected)
    job = await_job(board, state(SetupState.READY))
    assert (job.proposal, job.proposed, job.picks) == (corrected, processes.PROPOSAL, {})
    assert (job.revision, job.watched) == (first + 1, False)
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


def test_a_pick_of_carriers_that_are_gone_is_refused(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    """A stale tab's, also where the set-up was forgotten and made anew: no revision comes again."""
    board = make(processes.finding)
    pick = Pick(state="open", by="me", at=datetime.now(UTC))
    now, seen = time.time(), set[int]()
    for after_s in (0.0, 60.0):
        monkeypatch.setattr(time, "time", partial(sum, (now, after_s)))
        board.begin("a", REQUEST, "me")
        seen.add(await_job(board, state(SetupState.READY)).revision)
        board.cut_again("a", processes.PROPOSAL)
        revision = await_job(board, state(SetupState.READY)).revision
        for gone in seen:
            assert code(partial(board.pick, "a", 1, pick, gone)) == "other_carriers"
            assert code(partial(board.pick, "a", 1, None, gone)) == "other_carriers"
        assert board.kept.get("a").picks == {}
        assert board.pick("a", 1, pick, revision).picks == {1: pick}
        seen.add(revision)
        board.forget("a")
    assert len(seen) == 4


def test_what_is_refused_takes_nothing_away(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the lift cannot be configured so, the finished set-up stays with its recording."""
    board = make(processes.finding)
    board.begin("a", REQUEST, "me")
    await_job(board, state(SetupState.READY))

    def refuse(job: SetupJob) -> Any:
        raise ConflictError("damaged")

    monkeypatch.setattr(board.kept, "configured", refuse)
    with pytest.raises(ConflictError):
        board.begin("a", REQUEST, "me", again=True)
    assert board.kept.get("a").state is SetupState.READY
    assert (board.kept.folder("a") / "recording.mkv").exists()


def test_what_the_database_refuses_is_stored_once_it_takes_it(
    make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A full disk at the end of a job loses nothing that was found, and blocks no place for ever."""
    board = make(processes.finding)
    put, refused = board.kept.put, threading.Event()

    def refuse(job: SetupJob) -> SetupJob:
        if job.state is SetupState.READY and not refused.is_set():
            refused.set()
            raise StoreError("no space left")
        return put(job)

    monkeypatch.setattr(board.kept, "put", refuse)
    board.begin("a", REQUEST, "me")
    job = await_job(board, lambda job: job.state is not SetupState.RUNNING)
    assert (refused.is_set(), job.state, len(job.carriers)) == (True, SetupState.READY, 6)
    with board._lock:  # its end is one step: stored, and then gone
        assert not board._running


def test_the_substream_that_is_watched_is_set_up_and_the_main_stream_kept(make: Make, store: Store) -> None:
    """What the lift's camera is beside the stream that was looked at stays."""
    board = make(processes.finding)
    small, main = "rtsp://127.0.0.1:1/small", "rtsp://127.0.0.1:1/main"
    camera = Camera(url=main, substream=small, stream="sub", width=1280, height=720)
    store.write(lambda session: lifts.put(session, Lift(id="a", name="A", camera=camera))).result()
    board.begin("a", REQUEST.model_copy(update={"url": small}), "me")
    job = await_job(board, state(SetupState.READY))
    assert board.kept.configured(job).camera == camera.model_copy(update={"width": 640, "height": 360})


def test_a_second_stream_is_followed_once_it_was_given(make: Make, store: Store) -> None:
    """Of a new lift and of one that had none; a later set-up that names none leaves it as it is."""
    board = make(processes.finding)
    streams = {"url": "rtsp://127.0.0.1:1/main", "substream": "rtsp://127.0.0.1:1/small"}
    for again, given in ((False, streams), (True, {"url": streams["url"]})):
        board.begin("a", REQUEST.model_copy(update=given), "me", again=again)
        job = await_job(board, state(SetupState.READY))
        camera = board.kept.configured(job).camera
        assert camera == Camera(**streams, stream="both", width=640, height=360)
        store.write(partial(lifts.put, lift=Lift(id="a", name="A", camera=camera))).result()


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


@pytest.mark.fault(34)
def test_old_recordings_go(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    """After a week, with the pictures that were cut out of them: they show people as the camera saw them."""
    board = make(processes.finding)
    board.begin("a", REQUEST, "me")
    await_job(board, state(SetupState.READY))
    now = time.time()
    board.kept.purge()
    assert (board.kept.folder("a") / "recording.mkv").exists()
    picture = board.kept.pictures(board.kept.get("a")) / "1-middle.jpg"
    picture.write_bytes(b"a carrier")
    monkeypatch.setattr(time, "time", lambda: now + RECORDINGS_KEPT_S + 60)
    clock = WallClock()
    board.kept.follow(clock)
    monkeypatch.setattr(WallClock, "jump_s", 400 * 86_400.0)
    board.kept.purge()
    assert picture.exists(), "the clock is in doubt"
    monkeypatch.setattr(WallClock, "jump_s", 0.0)
    board.kept.purge()
    assert [path.name for path in board.kept.folder("a").iterdir()] == [str(board.kept.get("a").revision)]
    assert list(board.kept.pictures(board.kept.get("a")).glob("*.jpg")) == []
