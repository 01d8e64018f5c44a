"""The machine that figures were measured on is said beside them."""

from ml.machine.description import machine


def test_the_machine_has_a_name() -> None:
    """What a figure is worth nothing without."""
    found = machine()
    assert found["cpu"]
    assert found["cores"] >= 1
    assert found["torch"].startswith("2.")
