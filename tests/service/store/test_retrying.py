"""What the database refused is tried again, and for the last time before the service ends."""

import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any

from sqlalchemy.orm import Session

from service.domain.errors import NotFoundError, StoreError
from service.store.retrying import RetryingWriter


class Database:
    """It answers on the caller's thread, or refuses."""

    def __init__(self) -> None:
        self.refuses: Exception | None = None

    def write(self, job: Callable[[Session], Any]) -> Future[Any]:
        future: Future[Any] = Future()
        if self.refuses is not None:
            future.set_exception(self.refuses)
        else:
            future.set_result(job(Session()))
        return future


def made(database: Database, max_waiting: int = 8) -> RetryingWriter:
    return RetryingWriter(database, max_waiting)  # type: ignore[arg-type]


def test_what_was_refused_is_written_later() -> None:
    """Once the database takes it; and its caller hears of the result then."""
    database, heard = Database(), list[int]()
    writer = made(database)
    database.refuses = StoreError("disk full")
    writer.write(lambda _: 7, heard.append)
    writer.retry()
    assert heard == []
    database.refuses = None
    writer.retry()
    assert (heard, writer.retried, writer.lost) == ([7], 2, 0)


def test_the_last_try_comes_before_the_end() -> None:
    """What waits is tried once more by `finish`; what fails then is lost and counted, and does not wait."""
    database, heard = Database(), list[int]()
    writer = made(database)
    database.refuses = StoreError("disk full")
    writer.write(lambda _: 1, heard.append)
    database.refuses = None
    writer.finish()
    assert (heard, writer.lost) == ([1], 0)
    database.refuses = StoreError("disk full")
    writer.write(lambda _: 2, heard.append)
    database.refuses = None
    writer.finish()
    assert (heard, writer.lost) == ([1], 1)


def test_what_cannot_wait_is_lost_and_counted() -> None:
    """A job's own error would come back for ever; beyond the bound the newest is given up. None is missed."""
    database = Database()
    writer = made(database, max_waiting=3)
    database.refuses = NotFoundError("no such lift")
    writer.write(lambda _: 1, lambda _: None)
    assert writer.lost == 1
    database.refuses = StoreError("disk full")

    def flood() -> None:
        for _ in range(200):
            writer.write(lambda _: 1, lambda _: None)

    threads = [threading.Thread(target=flood) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert writer.lost == 1 + 800 - 3
    writer.finish()
    assert writer.lost == 1 + 800
