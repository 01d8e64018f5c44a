"""What hiding people in stored pictures costs a lift that learns from them, and what kept numbers save.

The live judge sees pictures as they are, so what is judged is the same in each row. What differs is what the
lift learns from: its carriers' pictures as JPEG stores them, the same with people hidden, or the numbers that
were kept when they passed (`lifts.pictures.numbers`). `service/site` reads all three by the same code.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

import cv2
import numpy as np
import torch

from lifts.arrays import UInt8
from lifts.decision.calibration import Calibration
from lifts.pictures.numbers import PictureNumbers, pack, unpack
from lifts.pictures.privacy import hide, shown_area
from ml.artefact.torchscript import EncodedPictures, Scripted
from ml.data.rendered import RenderedLift
from ml.evaluate.onsite import SiteLift, sample
from ml.evaluate.scoring import Scores, infer
from ml.evaluate.site.draws import SiteDraw, draw_passages
from ml.evaluate.verdicts import count_verdicts, total

STORED = ("as they were", "people hidden", "numbers kept")
"""What is stored of a carrier."""

SHARES = (0.1, 0.5, 0.9)
"""Shares of open passages among those that a lift learns from."""

JPEG_QUALITY = 88
"""As the service stores pictures."""


class PrivacyRow(NamedTuple):
    """Key of a row: what is stored, how many passages the lift has learnt from, of which share was open."""

    stored: str
    passages: int
    open_share: float | None


class KeptLift(NamedTuple):
    """A lift's watched passages as each way stores them; bytes: of a passage, by what is in the file."""

    lifts: Mapping[str, SiteLift]
    bytes: Mapping[str, float]
    occupied: np.ndarray[tuple[int], np.dtype[np.bool_]]


def stored_lift(network: Scripted, lift: RenderedLift, judged: int, bar_cells: int) -> KeptLift:
    """Return a lift of which the passages after the first `judged` are stored in each of the three ways.

    Args:
        network: what ships.
        lift: rendered, with three pictures of each passage.
        judged: passages that are judged as they are; the others were watched.
        bar_cells: side of the bar map.
    """
    cut = 3 * judged
    watched, area = lift.images[cut:], shown_area(lift.open_mask, lift.close_mask)
    plain, plain_bytes = _through_jpeg(watched)
    hidden, hidden_bytes = _through_jpeg(np.stack([hide(image, area) for image in watched]))
    packed = _packed(network.look(watched), bar_cells)
    files = [len(zlib.compress(row.tobytes(), 6)) for row in packed]
    whole = SiteLift.of(network, lift, judged)
    seen = dict(zip(STORED, (network.look(plain), network.look(hidden), _unpacked(packed)), strict=True))
    return KeptLift(
        {name: replace(whole, watched=each) for name, each in seen.items()},
        {
            "pictures": 3 * plain_bytes,
            "pictures_hidden": 3 * hidden_bytes,
            "numbers": 3 * float(np.mean(files)),
            "numbers_most": 3 * packed.shape[1],
        },
        lift.occupied[cut:],
    )


def again(kept: KeptLift) -> Iterator[tuple[PrivacyRow, Scores]]:
    """Yield the lift's watched passages judged again by its masks alone, as arming does."""
    for name, lift in kept.lifts.items():
        inference = infer(lift.model, lift.watched, lift.masks.embeddings())
        pictures, is_open = lift.watched_pictures, lift.watched_open
        yield (
            PrivacyRow(name, 0, None),
            Scores(lift.name, inference, lift.masks, pictures, is_open, kept.occupied),
        )


def learnt(
    kept: KeptLift, calibration: Calibration, counts: Sequence[int], rounds: int, seed: Sequence[int]
) -> Iterator[tuple[PrivacyRow, Scores]]:
    """Yield the lift's judged passages by what it learnt of each way of storing the same draws.

    Args:
        counts: numbers of watched passages to learn from.
        rounds: draws for each row, with `seed`.
    """
    alone = {name: sample(lift, calibration) for name, lift in kept.lifts.items()}
    for round_ in range(rounds):
        for count in counts:
            for share in SHARES:
                chosen = draw_passages(
                    kept.lifts[STORED[0]], count, share, np.random.default_rng([*seed, round_])
                )
                for name, lift in kept.lifts.items():
                    draw = SiteDraw(lift, calibration, chosen, alone[name])
                    yield PrivacyRow(name, count, share), draw.scores()


def figures(
    scores: Sequence[tuple[PrivacyRow, Scores]], calibration: Calibration, rounds: int
) -> list[dict[str, Any]]:
    """Return each row's verdicts over all lifts and rounds, in the order of the table."""
    together: dict[PrivacyRow, list[Any]] = {}
    for row, found in scores:
        together.setdefault(row, []).append(count_verdicts(found.judged(calibration, 3)))
    order = sorted(together, key=lambda row: (row.passages, row.open_share or 0, STORED.index(row.stored)))
    return [
        {**row._asdict(), "verdicts": total(together[row], 1 if row.passages == 0 else rounds)}
        for row in order
    ]


def _through_jpeg(images: UInt8) -> tuple[UInt8, float]:
    """Return uint8[N, 200, 200, 3] as JPEG stores it, and the mean size of a file in bytes."""
    back, sizes = [], []
    for image in images:
        options = [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY]
        coded = cv2.imencode(".jpg", np.ascontiguousarray(image[:, :, ::-1]), options)[1]
        sizes.append(len(coded))
        decoded = np.asarray(cv2.imdecode(coded, cv2.IMREAD_COLOR), np.uint8)
        back.append(decoded[:, :, ::-1])
    return np.ascontiguousarray(np.stack(back), np.uint8), float(np.mean(sizes))


def _packed(seen: EncodedPictures, bar_cells: int) -> UInt8:
    riders = seen.riders if len(seen.riders) else np.zeros((len(seen.embedding), 0, 0), np.float32)
    return pack(PictureNumbers(seen.embedding, seen.occupancy, riders, seen.features.numpy()), bar_cells)


def _unpacked(packed: UInt8) -> EncodedPictures:
    numbers = unpack(packed)
    features = torch.from_numpy(numbers.features)
    return EncodedPictures(numbers.embeddings, features, numbers.occupancy, numbers.riders)
