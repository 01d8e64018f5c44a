"""Figures are stored with a description of the machine that they were measured on."""

from ml.machine.description import machine


def test_the_machine_has_a_name() -> None:
    """What a figure is worth nothing without."""
    found = machine()
    assert found["cpu"]
    assert found["cores"] >= 1
    assert found["torch"].startswith("2.")
