"""Parts: started in their order, ended in reverse, found by their class."""

import pytest

from service.host.parts import Parts


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


def test_parts_start_in_two_rounds_and_end_in_reverse() -> None:
    """What is to start at once does not wait for the others; the last to start is the first to end."""
    done: list[str] = []
    parts, later, soon = Parts(), Later(done), Soon(done)
    parts.add("later is being started", later)
    parts.add("soon is being started", soon, at_once=True)
    for at_once in (True, False):
        for _, start in parts.steps(at_once=at_once):
            start()
    parts.stop()
    assert done == ["Soon starts", "Later starts", "Soon stops", "Later stops"]
    assert parts.of(Soon) is soon
    with pytest.raises(LookupError, match="has no Parts"):
        parts.of(Parts)
