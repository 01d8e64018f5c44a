"""No name leads out of the pictures' folder."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from service.domain.errors import NotFoundError
from service.store.pictures import Pictures

PARTS = st.sampled_from(
    [
        "..",
        ".",
        "/",
        "\\",
        "\x00",
        "outside.jpg",
        "inside.jpg",
        "link",
        "etc",
        "~",
        "%2e%2e",
        "C:",
        " ",
        "é",
        "x" * 300,
    ]
)
NAMES = st.one_of(
    st.lists(PARTS, max_size=8).map("/".join), st.lists(PARTS, max_size=8).map("".join), st.text()
)


@pytest.mark.fault(24)
@settings(max_examples=300, suppress_health_check=list(HealthCheck))
@given(name=NAMES)
def test_no_name_leads_out_of_the_folder(tmp_path_factory: pytest.TempPathFactory, name: str) -> None:
    """Generated names with steps upwards, absolute ones, NUL, links: inside the folder, or not found."""
    root = _prepared(tmp_path_factory)
    pictures = Pictures(root)
    try:
        found = pictures.path(name)
    except NotFoundError:
        return
    assert found.read_bytes() == b"inside"


_ROOTS: list[Path] = []


def _prepared(factory: pytest.TempPathFactory) -> Path:
    if not _ROOTS:
        root = factory.mktemp("data")
        (root / "outside.jpg").write_bytes(b"outside")
        folder = Pictures(root).folder
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "inside.jpg").write_bytes(b"inside")
        (folder / "link").symlink_to(root)
        _ROOTS.append(root)
    return _ROOTS[0]
