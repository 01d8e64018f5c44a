"""Pictures of strangers are decoded apart, and whatever they do there costs no more than the budget."""

import os
import signal
from collections.abc import Iterator
from functools import partial
from multiprocessing import get_context

import numpy as np
import pytest

from lifts.errors import PictureError
from service.decoding.budget import Budget
from service.decoding.processes import DecodingProcesses, several
from service.domain.errors import BusyError, ImageError
from tests.service.decoding import jobs
from tests.service.host.test_child import gone

BUDGET = Budget(seconds=2.0, longest_s=120.0, memory_bytes=300_000_000)


@pytest.fixture
def apart() -> Iterator[DecodingProcesses]:
    """One process, so that what a test does to it is seen by the next job."""
    decoding = DecodingProcesses(lambda: get_context("spawn"), BUDGET, count=1, wait_s=120.0)
    decoding.start()
    yield decoding
    decoding.stop()


def test_results_and_refusals_come_back(apart: DecodingProcesses) -> None:
    """Large arrays and files go there and back unchanged; a refusal keeps its code; the process stays."""
    first = apart.do(jobs.who)
    assert first != os.getpid()
    assert np.array_equal(apart.do(partial(jobs.grey, 1080, 1920)), jobs.grey(1080, 1920))
    data = os.urandom(3_000_000)
    assert apart.do(partial(several, [partial(jobs.echo, data), partial(jobs.echo, b"")])) == [data, b""]
    with pytest.raises(PictureError, match="no") as refused:
        apart.do(jobs.refuse)
    assert (refused.value.code, refused.value.parameters) == ("picture_damaged", {"which": "image 1"})
    assert apart.do(jobs.who) == first


@pytest.mark.thorough
@pytest.mark.fault(28)
def test_beyond_the_budget_a_picture_is_refused_and_the_next_one_is_read(apart: DecodingProcesses) -> None:
    """Too much time, too much memory, a crash: 422's error with its code, and a process is there again."""
    before = apart.do(jobs.who)
    for job in (partial(jobs.work, 600.0), partial(jobs.take, 400), jobs.die):
        with pytest.raises(ImageError) as refused:
            apart.do(job)
        assert refused.value.code == "picture_too_costly"
    assert apart.do(partial(jobs.take, 100)) == 100_000_000
    assert apart.do(jobs.who) != before
    assert gone(before)
    assert apart.lost == 2  # memory that is not given ends nothing


def test_a_process_that_died_while_idle_is_no_fault_of_the_next_picture(apart: DecodingProcesses) -> None:
    """The system may end it for want of memory: another one does the job."""
    pid = apart.do(jobs.who)
    os.kill(pid, signal.SIGKILL)
    os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)  # once it has ended
    assert apart.do(partial(jobs.echo, b"x")) == b"x"


def test_without_a_process_that_is_free_the_job_is_refused() -> None:
    """Not one is started yet: busy, after the wait and not for ever."""
    decoding = DecodingProcesses(lambda: get_context("spawn"), BUDGET, wait_s=0.01)
    with pytest.raises(BusyError) as refused:
        decoding.do(jobs.who)
    assert refused.value.code == "busy"
