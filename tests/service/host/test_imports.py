"""Importing what takes seconds."""

import gc

import pytest

from service.host.imports import importing


@pytest.mark.parametrize("stays", [False, True])
def test_the_collector_rests_and_works_again(monkeypatch: pytest.MonkeyPatch, stays: bool) -> None:
    """Off within, on after, even if an import fails; only what stays is left out of later searches."""
    frozen: list[bool] = []
    monkeypatch.setattr(gc, "freeze", lambda: frozen.append(gc.isenabled()))
    within: list[bool] = []

    def fail() -> None:
        within.append(gc.isenabled())
        raise ModuleNotFoundError

    with pytest.raises(ModuleNotFoundError), importing(stays=stays):
        fail()
    assert (within, gc.isenabled()) == ([False], True)
    assert frozen == [False] * stays


def test_who_had_switched_it_off_finds_it_off() -> None:
    """One import within another, or a process that does without the collector."""
    gc.disable()
    try:
        with importing():
            pass
        assert not gc.isenabled()
    finally:
        gc.enable()
