"""The manifest barwatch.json: an artefact's identity, checksum, golden sample and calibration."""

from __future__ import annotations

import base64
import hashlib
import os
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from lifts.arrays import Bool, UInt8
from lifts.decision.calibration import Calibration
from lifts.decision.clusters import ClusterPrior, fit_prior
from lifts.decision.fusion import mean_odds
from lifts.decision.prototypes import background_embedding, learn
from lifts.decision.reasons import Reason
from lifts.decision.references import reference_embeddings
from lifts.decision.seat import rider_shares
from ml.evaluate.metrics import fit_logistic
from ml.evaluate.onsite import JudgedSample, SiteLift, sample
from ml.evaluate.scoring import Scores, ScoringNetwork
from ml.models.barwatch import BAR_GRID

MISS_COST, FALSE_ALARM_COST, UNKNOWN_COST = 4.0, 3.0, 1.0
"""Costs of a passage that is open but called closed, closed but called open, or called unknown.

An open carrier that is called `unknown` is shown and counted, but the lift is not stopped for it: it costs a
quarter of a miss. The band's limits are the probabilities at which a call costs as much as `unknown`.
"""

OWN_REFUSED = 0.002
"""Share of the lift's own passages that may be refused as another lift's."""

BLIND_SCALE = 1e-6
"""Scale for a network that cannot distinguish open from closed."""

MIN_QUALITY = 0.35
"""Registration quality below which a picture is not judged; `python -m tests.tools.registration_errors`
prints the errors of pictures by quality."""


def calibrate(scores: Sequence[Scores], known: Sequence[SiteLift], apart: dict[str, float]) -> Calibration:
    """Fit the calibration of passage margins on lifts that were not used in training.

    Args:
        scores: of pictures in threes, by the masks alone.
        known: the same lifts, all of whose passages were watched.
        apart: `separations` of such lifts' masks.

    Returns:
        The calibration: `clusters` is the prior for passages judged by masks and background; `scale_on_site`
        is the scale of margins by a site calibration, less its threshold.
    """
    margin = np.concatenate([s.passage_margin() for s in scores])
    truth = np.concatenate([s.is_open[::3] for s in scores])
    # A passage's probability of showing a carrier of the masks' lift, as the judge computes it.
    fits = np.concatenate([mean_odds(s.inference.matches[:, 1].reshape(-1, 3)) for s in scores])
    # All lifts have about the same weight in offset and scale: each has both states in similar numbers.
    scale, offset = fit_scale(margin, truth)
    by_masks = Calibration(
        scale=scale,
        offset=offset,
        unknown_low=UNKNOWN_COST / MISS_COST,
        unknown_high=1 - UNKNOWN_COST / FALSE_ALARM_COST,
        fit_threshold=float(np.quantile(fits, OWN_REFUSED)),
        min_quality=MIN_QUALITY,
        occupancy_threshold=_occupancy_threshold(scores),
        bar_map_cells=BAR_GRID,
        **apart,
    )
    # Margins by a site calibration have a scale of their own.
    prior = _prior([sample(lift, by_masks) for lift in known])
    informed = [_with_background(lift, by_masks, prior) for lift in known]
    prior = _prior(informed)
    learnt = [learn(one.margins, one.embeddings, prior) for one in informed]
    moved = np.concatenate([one.margins - one.fit.threshold for one in learnt])
    on_site, _ = fit_scale(moved, np.concatenate([one.is_open for one in informed]))
    return by_masks.model_copy(update={"clusters": prior, "scale_on_site": on_site})


def fit_scale(margin: npt.ArrayLike, is_open: Bool) -> tuple[float, float]:
    """Fit p(open) = sigmoid(-(scale * margin + offset)); a network without skill makes all unknown.

    Args:
        margin: float[P], of passages. is_open: bool[P].

    Returns:
        (scale, offset). If margins are not lower for open bars, as before any training, the scale is so small
        that p(open) is one half.
    """
    scale, offset = fit_logistic(margin, is_open)
    return (scale, offset) if scale > 0 else (BLIND_SCALE, 0.0)


def _prior(samples: Sequence[JudgedSample]) -> ClusterPrior:
    return fit_prior([(one.margins, one.is_open) for one in samples])


def _with_background(lift: SiteLift, calibration: Calibration, prior: ClusterPrior) -> JudgedSample:
    """Return the lift's passages, judged by masks and, if there is one, background."""
    alone = sample(lift, calibration)
    background = background_embedding(alone.margins, alone.embeddings, prior)
    return alone if background is None else sample(lift, calibration, background=background)


def _occupancy_threshold(scores: Sequence[Scores]) -> float:
    """Return the threshold with the lowest cost.

    An overlooked person on an open chair is a miss; an empty chair called occupied is a false alarm.
    """
    occupancy = np.concatenate([mean_odds(s.inference.occupancy.reshape(-1, 3)) for s in scores])
    occupied = np.concatenate([s.occupied[::3] for s in scores])
    thresholds = np.linspace(0.05, 0.95, 91)
    costs = [
        MISS_COST * int(((occupancy < t) & occupied).sum())
        + FALSE_ALARM_COST * int(((occupancy >= t) & ~occupied).sum())
        for t in thresholds
    ]
    best = thresholds[np.flatnonzero(np.array(costs) == min(costs))]
    return float(np.median(best))


def refused_share(scores: Sequence[Scores], calibration: Calibration) -> float:
    """Return the share of passages that the judge takes for another lift's."""
    judged = [outcome for s in scores for outcome in s.judged(calibration, 3)]
    return float(np.mean([Reason.NOT_THIS_LIFT in outcome.reasons for outcome in judged]))


def separations(model: ScoringNetwork, pairs: Sequence[tuple[UInt8, UInt8]]) -> dict[str, float]:
    """Thresholds for a new pair's separation: good above the 10th percentile of sensible pairs.

    `min_separation` is the distance between a mask and itself shifted by two pixels: a pair that is no
    further apart carries no information.
    """
    opened, closed = (model.masks(np.stack([p[i] for p in pairs])) for i in (0, 1))
    apart = np.linalg.norm(opened - closed, axis=1)
    moved = model.masks(np.stack([_moved(p[0]) for p in pairs]))
    return {
        "min_separation_good": float(np.percentile(apart, 10)),
        "min_separation": float(min(np.median(np.linalg.norm(opened - moved, axis=1)), apart.min() * 0.9)),
    }


def _moved(mask: UInt8, px: int = 2) -> UInt8:
    """Return the mask shifted two pixels right and down."""
    out = np.zeros_like(mask)
    out[px:, px:] = mask[:-px, :-px]
    return out


def golden(model: ScoringNetwork, image: UInt8, mask: UInt8) -> dict[str, Any]:
    """Return a picture and a mask with the artefact's outputs, which are checked wherever it is loaded."""
    seen = model.look(image[None])
    drawn = model.masks(mask[None])[0]
    margin, fit = model.match(seen, reference_embeddings(np.stack([drawn, np.zeros_like(drawn)])))
    return {
        "image_png_base64": png_base64(np.ascontiguousarray(image[..., ::-1])),
        "mask_png_base64": png_base64(mask),
        "embed": [round(float(v), 6) for v in seen.embedding[0]],
        "embed_mask": [round(float(v), 6) for v in drawn],
        "occupancy": round(float(seen.occupancy[0]), 6),
        "match": [round(float(margin[0]), 6), round(float(fit[0]), 6)],
        "riders": [round(float(v), 6) for v in rider_shares(seen.riders).reshape(-1)],
        "tolerance": 2e-3,
    }


def identity(artefact: Path, version: str, commit: str) -> dict[str, Any]:
    """Return the start of the manifest: name, version, and the file with its hash."""
    return {
        "name": "barwatch",
        "version": version,
        "file": artefact.name,
        "sha256": hashlib.sha256(artefact.read_bytes()).hexdigest(),
        "git_commit": commit,
    }


def git_commit() -> str:
    """Return the checked-out commit, with "-dirty" if there are changes.

    Changed results and documents do not count, since no figure depends on them. Where there is no repository,
    as on a machine that was sent the files alone, $GIT_COMMIT says it, or "unknown".
    """

    def git(*arguments: str) -> str:
        done = subprocess.run(
            ["git", *arguments], cwd=Path(__file__).parent, capture_output=True, text=True, check=True
        )
        return done.stdout.strip()

    try:
        changed = git(
            *("status", "--porcelain", "--untracked-files=no"),
            *("--", ":(top)", ":(top,exclude)ml/results", ":(top,exclude)README.md", ":(top,exclude)docs"),
        )
        return git("rev-parse", "HEAD") + ("-dirty" if changed else "")
    except (OSError, subprocess.CalledProcessError):
        return os.environ.get("GIT_COMMIT", "unknown")


def png_base64(image: UInt8) -> str:
    """Return grey or BGR pixels as a base64-encoded PNG."""
    ok, data = cv2.imencode(".png", image)
    if not ok:
        raise ValueError("picture could not be coded as PNG")
    return base64.b64encode(data.tobytes()).decode("ascii")
