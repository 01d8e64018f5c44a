"""Where a second network looked, over HTTP: exported, loaded and asked as in the field."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest
import torch
from torch.nn import functional

from ml.systems.base import prepared
from service.domain.people import Role
from service.inference.attention.overlay import Level, heat
from service.inference.attention.process import Attention
from tests.service.api.conftest import House
from tests.tools.attention_model import SIDE, network_of, release, untrained


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An untrained ABIR, exported."""
    return release(tmp_path_factory.mktemp("attention"))


@pytest.fixture(scope="module")
def attention(model: Path) -> Iterator[Attention]:
    """The network in its process."""
    made = Attention(model, start_s=90.0, answer_s=60.0, niceness=0)
    yield made
    made.close()


def test_a_passage_shows_where_a_second_network_looked(
    make_house: Callable[..., House], attention: Attention
) -> None:
    """Both levels, of the kept picture, as the network that was exported says; 404 for what is not there."""
    house = make_house(attention=attention)
    record = house.add_passage()
    shown = house.call("GET", f"/passages/{record.id}", Role.VIEWER).json()["images"][1]["attention"]
    assert shown.keys() == {"surroundings", "parts"}
    kept = house.runtime.pictures.read(record.pictures[1].file or "")
    with torch.inference_mode():
        maps = network_of(untrained()).attend(prepared(torch.from_numpy(kept[None]), SIDE)).attention
    for level, weights in zip(Level, maps, strict=True):
        answer = house.call("GET", shown[level.value], Role.VIEWER)
        assert answer.headers["content-type"] == "image/png"
        assert "private" in answer.headers["cache-control"]
        drawn = cv2.imdecode(np.frombuffer(answer.content, np.uint8), cv2.IMREAD_UNCHANGED)
        assert drawn is not None
        fine = functional.interpolate(weights, (50, 50), mode="bilinear")[0, 0].numpy()
        expected = heat(fine)
        assert drawn.shape == expected.shape == (200, 200, 4)
        # Half precision of the weights moves the heat a little.
        off = np.abs(drawn[..., 3].astype(int) - expected[..., 3])
        assert off.mean() < 5
        assert expected[..., 3].std() > 50
    first, second = (house.call("GET", shown[level.value]).content for level in Level)
    assert first != second
    address = "/passages/{}/pictures/1/attention.png?level={}"
    assert house.call("GET", address.format("nobody", "parts")).status_code == 404
    assert house.call("GET", address.format(record.id, "depths")).status_code == 422
    house.runtime.pictures.remove([record.pictures[0].file or ""])
    gone = house.call("GET", address.format(record.id, "parts"))
    assert (gone.status_code, gone.headers["content-type"]) == (404, "application/problem+json")


def test_without_such_a_network_nothing_is_offered(house: House) -> None:
    """null in every picture of lists, passages and reviews; a problem that names the setting, if asked."""
    house.add_passage()
    body = {"verdict": "open"}
    for found in (
        house.call("GET", "/passages").json()["items"][0],
        house.call("GET", "/passages/p-1").json(),
        house.call("POST", "/passages/p-1/review", json=body).json(),
    ):
        assert [image["attention"] for image in found["images"]] == [None] * 3
    answer = house.call("GET", "/passages/p-1/pictures/1/attention.png")
    assert (answer.status_code, answer.headers["content-type"]) == (404, "application/problem+json")
    assert "BARWATCH_ATTENTION_MODEL" in answer.json()["detail"]


def test_a_damaged_network_is_refused_and_the_service_goes_on(
    make_house: Callable[..., House], model: Path, tmp_path: Path
) -> None:
    """Another hash than the manifest's: 503 with a reason, nothing more is offered, all else is served."""
    for suffix in (".ts", ".json"):
        content = bytearray(model.with_suffix(suffix).read_bytes())
        if suffix == ".ts":
            content[len(content) // 2] ^= 1
        (tmp_path / f"attention{suffix}").write_bytes(content)
    damaged = Attention(tmp_path / "attention.ts")
    house = make_house(attention=damaged)
    house.add_passage()
    shown = house.call("GET", "/passages/p-1").json()["images"][0]["attention"]
    answer = house.call("GET", shown["parts"])
    assert (answer.status_code, answer.headers["content-type"]) == (503, "application/problem+json")
    assert "refused" in answer.json()["detail"]
    assert str(tmp_path) not in answer.text
    after = house.call("GET", "/passages/p-1").json()["images"][0]
    assert after["attention"] is None
    assert house.call("GET", after["picture"]).status_code == 200
    assert damaged.pid is None
