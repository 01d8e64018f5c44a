"""Parts: started in their order, ended in reverse, found by their class."""

import pytest

from service.host.parts import Begins, Parts


class Noted:
    def __init__(self, done: list[str]) -> None:
        self.done = done

    def start(self) -> None:
        self.done.append(f"{type(self).__name__} starts")

    def stop(self) -> None:
        self.done.append(f"{type(self).__name__} stops")


class Soon(Noted):
    pass


class Later(Noted):
    pass


class Everywhere(Noted):
    pass


def test_parts_start_in_rounds_and_end_in_reverse() -> None:
    """What every service has does not wait until it leads, nor the next for the others."""
    done: list[str] = []
    parts, soon = Parts(), Soon(done)
    parts.add("later is being started", Later(done))
    parts.add("soon is being started", soon, Begins.LEADING)
    parts.add("everywhere is being started", Everywhere(done), Begins.EVERYWHERE)
    for begins in Begins:
        for _, start in parts.steps(begins):
            start()
    parts.stop()
    starts = ["Everywhere starts", "Soon starts", "Later starts"]
    assert done == [*starts, "Everywhere stops", "Soon stops", "Later stops"]
    assert parts.of(Soon) is soon
    with pytest.raises(LookupError, match="has no Parts"):
        parts.of(Parts)
