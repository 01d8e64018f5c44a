"""Whether people are hidden in a stored picture, told from the picture itself."""

from pathlib import Path

import cv2
import numpy as np
import pytest

from lifts.folder import read_lift_folder
from lifts.pictures.privacy import hide, shown_area
from service.domain.arrays import Image
from service.store.pictures import JPEG_QUALITY
from service.trials.blurred import is_blurred
from tests.service.tiny_model import MASKS

SAMPLES = sorted((Path(__file__).resolve().parents[3] / "lifts").glob("demo-*"))


def scene(seed: int, grain: int) -> Image:
    """A picture with structures of about `grain` pixels, and a little noise."""
    chance = np.random.default_rng(seed)
    rough = chance.integers(0, 256, (200 // grain, 200 // grain, 3)).astype(np.uint8)
    image = cv2.resize(rough, (200, 200), interpolation=cv2.INTER_CUBIC).astype(np.int16)
    return np.asarray(np.clip(image + chance.normal(0, 3, image.shape), 0, 255), np.uint8)


def stored(image: Image) -> Image:
    coded = cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY])[1]
    return np.asarray(cv2.imdecode(coded, cv2.IMREAD_COLOR), np.uint8)


@pytest.mark.parametrize("grain", [2, 3, 5])
def test_hidden_or_not(grain: int) -> None:
    """As taken or coarse apart from the bar, through a JPEG."""
    shown = shown_area(MASKS.open, MASKS.close)
    for seed in range(3):
        image = scene(seed, grain)
        assert not is_blurred(stored(image), MASKS)
        assert is_blurred(stored(hide(image, shown)), MASKS)


@pytest.mark.parametrize("folder", SAMPLES, ids=[folder.name for folder in SAMPLES])
def test_carriers_of_the_sample_lifts(folder: Path) -> None:
    """The same of what the service stores."""
    sample = read_lift_folder(folder)
    shown = shown_area(sample.masks.open, sample.masks.close)
    for image in sample.references.values():
        assert not is_blurred(stored(image), sample.masks)
        assert is_blurred(stored(hide(image, shown)), sample.masks)
