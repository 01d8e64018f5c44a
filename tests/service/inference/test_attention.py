"""A network that says where it looked: verified before it is loaded, in a process that comes and goes."""

from __future__ import annotations

import json
import os
import shutil
import signal
from multiprocessing.connection import wait
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from service.domain.arrays import Image
from service.domain.errors import ArtefactError, EngineUnavailableError
from service.inference.attention.manifest import AttentionManifest
from service.inference.attention.overlay import Level, heat
from service.inference.attention.process import Attention
from service.inference.model import AttentionModel
from tests.service.tiny_model import write_artefact
from tests.tools.attention_model import release
from tests.tools.tiny_model import CLOSE_Y, OPEN_Y, draw_picture

PATIENT: dict[str, Any] = {"start_s": 90.0, "answer_s": 60.0, "niceness": 0}
"""Far beyond what it takes, because the machine may be busy with other things."""


@pytest.fixture(scope="session")
def released(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An untrained network's file, its manifest beside it. Copy it before changing it."""
    return release(tmp_path_factory.mktemp("attention"))


@pytest.fixture
def copy(released: Path, tmp_path: Path) -> Path:
    shutil.copytree(released.parent, tmp_path / "copy")
    return tmp_path / "copy" / released.name


def _ended(pid: int) -> bool:
    """Wait until a process has ended."""
    descriptor = os.pidfd_open(pid)
    try:
        return bool(wait([descriptor], 20))
    finally:
        os.close(descriptor)


def test_a_whole_model_is_loaded_and_says_where_it_looks(released: Path) -> None:
    """By either name; any number of pictures, each two maps in 0..1; another shape is refused."""
    model = AttentionModel.load(released.with_suffix(".json"))
    pictures = np.stack([draw_picture(OPEN_Y), draw_picture(CLOSE_Y)])
    maps = model.maps(pictures)
    assert maps.shape == (2, 2, 50, 50)
    assert maps.dtype == np.float32
    assert 0 < maps.min() < maps.max() < 1
    np.testing.assert_allclose(maps[1:], model.maps(pictures[1:]), atol=1e-4)
    with pytest.raises(ValueError, match=r"expected uint8\[N, 200, 200, 3\]"):
        model.maps(pictures[0])


def test_a_flipped_bit_is_refused(copy: Path) -> None:
    """By the hash, before anything is loaded."""
    content = bytearray(copy.read_bytes())
    content[len(content) // 2] ^= 4
    copy.write_bytes(content)
    with pytest.raises(ArtefactError, match=r"attention\.ts: damaged"):
        AttentionModel.load(copy)


def test_other_maps_than_the_golden_ones_are_refused(copy: Path) -> None:
    """A network that answers something else than its manifest says is not used; its process is gone."""
    manifest = copy.with_suffix(".json")
    data = json.loads(manifest.read_text())
    data["golden"]["attention"][1][4][4] += 0.01
    manifest.write_text(json.dumps(data))
    with pytest.raises(ArtefactError, match=r"golden maps by 0\.01"):
        AttentionModel.load(copy)
    attention = Attention(copy, **PATIENT)
    assert attention.available
    with pytest.raises(EngineUnavailableError, match="refused"):
        attention.look(draw_picture(OPEN_Y))
    assert (attention.available, attention.pid) == (False, None)


def test_another_network_is_refused(copy: Path, tmp_path: Path) -> None:
    """A file with the right hash that is another network: it is said that it does not give such maps."""
    other = write_artefact(tmp_path / "other")
    data = json.loads(copy.with_suffix(".json").read_text())
    sha256 = json.loads(other.with_suffix(".json").read_text())["sha256"]
    other.with_suffix(".json").write_text(json.dumps({**data, "file": other.name, "sha256": sha256}))
    with pytest.raises(ArtefactError, match=r"tiny\.ts: (expected maps|the network does not run)"):
        AttentionModel.load(other)


def test_the_process_comes_when_asked_and_goes_when_not(released: Path) -> None:
    """No process before the first question; it answers as the network does, ends idle, and comes again."""
    attention = Attention(released, idle_s=1.0, **PATIENT)
    try:
        assert (attention.available, attention.pid) == (True, None)
        maps = attention.look(draw_picture(OPEN_Y))
        first = attention.pid
        assert first is not None
        expected = AttentionModel.load(released).maps(draw_picture(OPEN_Y)[None])[0]
        np.testing.assert_allclose(maps, expected, atol=1e-4)
        assert _ended(first)
        # A picture that was looked at needs no process; another one does.
        assert attention.look(draw_picture(OPEN_Y)) is maps
        assert attention.pid == first
        assert (attention.look(draw_picture(CLOSE_Y)) != maps).any()
        assert attention.pid not in {None, first}
    finally:
        attention.close()
    with pytest.raises(EngineUnavailableError, match="the service stops"):
        attention.look(draw_picture(OPEN_Y, seed=3))


def test_a_process_that_hangs_is_ended(released: Path) -> None:
    """Whoever asked is told, and nothing stays behind."""
    attention = Attention(released, **{**PATIENT, "answer_s": 3.0})
    attention.look(draw_picture(OPEN_Y))
    pid = attention.pid
    assert pid is not None
    os.kill(pid, signal.SIGSTOP)
    with pytest.raises(EngineUnavailableError, match="does not answer"):
        attention.look(draw_picture(CLOSE_Y))
    assert attention.pid is None
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
    attention.close()


def test_who_asks_while_too_many_wait_is_turned_away(released: Path) -> None:
    """Those who wait hold threads of the API: there is room for so many, and no process for none."""
    attention = Attention(released, max_waiting=0)
    with pytest.raises(EngineUnavailableError, match="too many"):
        attention.look(draw_picture(OPEN_Y))
    assert attention.pid is None


def test_a_manifest_that_is_wrong_is_known_at_once(tmp_path: Path) -> None:
    """Nothing is offered that cannot be had; what is asked all the same gets a reason without paths."""
    attention = Attention(tmp_path / "none.ts")
    assert not attention.available
    with pytest.raises(EngineUnavailableError, match="refused; the service's log says why") as caught:
        attention.look(draw_picture(OPEN_Y))
    assert str(tmp_path) not in str(caught.value)


def test_the_manifest_of_an_export_is_one_that_the_service_reads(released: Path) -> None:
    """Two rooms that may not import each other agree on what is written."""
    manifest = AttentionManifest.model_validate_json(released.with_suffix(".json").read_text())
    assert manifest.identity.startswith("abir-attention-9.9.9+")


def _map(strong: float) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
    weights = np.full((50, 50), 0.5, np.float32)
    weights[10:20, 30:40] = strong
    return weights


def _at(drawn: Image, y: int, x: int) -> list[int]:
    return [int(v) for v in drawn[y, x]]


def test_heat_is_where_it_looked_more_than_elsewhere() -> None:
    """Full in the square, nothing beside it, whether the weights differ by much or by a twentieth."""
    for strong in (0.95, 0.55):
        drawn = heat(_map(strong))
        assert drawn.shape == (200, 200, 4)
        assert drawn.dtype == np.uint8
        red, green, blue, alpha = _at(drawn, 60, 140)
        assert alpha == 210
        assert min(red, green) > 200  # light yellow
        assert red > blue
        assert _at(drawn, 150, 60)[3] == 0


def test_what_was_looked_at_everywhere_alike_is_hardly_drawn() -> None:
    """Differences of a thousandth are not stretched to a pattern; none at all are no division by zero."""
    assert heat(_map(0.501))[..., 3].max() < 60
    assert heat(_map(0.5))[..., 3].max() == 0


def test_the_levels_are_the_maps_in_their_order() -> None:
    """conv3_3's first, as the export writes them."""
    assert [(level.value, level.place) for level in Level] == [("surroundings", 0), ("parts", 1)]
