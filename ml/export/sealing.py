"""A manifest's golden passages, seals and signature; the service checks them."""

from __future__ import annotations

import base64
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from lifts.arrays import Float32, UInt8
from lifts.artefact.limits import outside
from lifts.artefact.passages import GoldenPassage, missing
from lifts.artefact.seal import SEALS, digest, seal, signed_bytes, unseal
from lifts.decision.calibration import Calibration
from lifts.decision.judge import judge
from lifts.decision.reasons import Reason
from lifts.decision.verdict import Inference, Judgement, Seat, Verdict
from lifts.schema import MaskPair
from ml.data.rendered import RenderedLift
from ml.evaluate.scoring import Scores, ScoringNetwork, infer


class _Whole:
    """A network in two steps as the embedder that golden passages are recorded with."""

    def __init__(self, model: ScoringNetwork) -> None:
        self._model = model

    def masks(self, masks: UInt8) -> Float32:
        return self._model.masks(masks)

    def pictures(self, images: UInt8, references: Float32 | None = None) -> Inference:
        seen = self._model.look(images)
        own = np.zeros((len(images), 3, seen.embedding.shape[1]), np.float32)
        if references is not None:
            own[:] = references
        parts = [infer(self._model, seen.take(slice(at, at + 1)), own[at]) for at in range(len(images))]
        return Inference(*(np.concatenate(part) for part in zip(*parts, strict=True)))


class _Candidate(NamedTuple):
    lift: RenderedLift
    masks: MaskPair
    at: int
    judgement: Judgement
    fit: float


def golden_passages(
    model: ScoringNetwork,
    lifts: Sequence[RenderedLift],
    by_own: Sequence[Scores],
    by_others: Sequence[Scores],
    calibration: Calibration,
) -> list[GoldenPassage]:
    """Choose a passage of each kind that is judged rightly, and record it.

    Args:
        model: the artefact.
        lifts: calibration lifts.
        by_own: their scores by their own masks.
        by_others: the same by the masks of the next lift in turn.
        calibration: the model's.

    Returns:
        At most one of each kind; fewer if the network judges none of a kind rightly.
    """
    own, others = list(_judged(lifts, by_own, calibration)), list(_judged(lifts, by_others, calibration, 1))

    def usual(found: list[_Candidate]) -> list[_Candidate]:
        """The nearest to the mean margin first: passages as most are."""
        mean = float(np.mean([one.judgement.margin for one in found])) if found else 0.0
        return sorted(found, key=lambda one: abs(one.judgement.margin - mean))

    def right(is_open: bool, seat: Seat) -> list[_Candidate]:
        verdict, occupied = Verdict.OPEN if is_open else Verdict.CLOSED, seat is Seat.OCCUPIED
        return usual([
            one for one in own
            if (one.judgement.verdict, one.judgement.seat) == (verdict, seat)
            and (one.lift.is_open[one.at], one.lift.occupied[one.at]) == (is_open, occupied)
        ])  # fmt: skip

    strangers = [one for one in others if one.judgement.reasons == (Reason.NOT_THIS_LIFT,)]
    doubtful = [one for one in own if one.judgement.verdict is Verdict.UNKNOWN]
    kinds = {
        "open and occupied": right(True, Seat.OCCUPIED),
        "closed and occupied": right(False, Seat.OCCUPIED),
        "empty": right(True, Seat.EMPTY) or right(False, Seat.EMPTY),
        "another lift's masks: unknown": sorted(strangers, key=lambda one: one.fit),
        "too close: unknown": sorted(doubtful, key=lambda one: one.judgement.confidence)
        if not strangers
        else [],
    }
    found = []
    for shows, candidates in kinds.items():
        for one in candidates[:1]:
            images = one.lift.images[one.at : one.at + 3]
            found.append(GoldenPassage.record(shows, one.masks, images, _Whole(model), calibration))
    return found


def _judged(
    lifts: Sequence[RenderedLift], scores: Sequence[Scores], calibration: Calibration, next_masks: int = 0
) -> Iterator[_Candidate]:
    for number, (lift, score) in enumerate(zip(lifts, scores, strict=True)):
        drawn = lifts[(number + next_masks) % len(lifts)]
        masks = MaskPair(open=drawn.open_mask, close=drawn.close_mask)
        for at in range(0, len(score.pictures), 3):
            rows = slice(at, at + 3)
            inference = score.inference.take(rows)
            # As it is recorded and checked: with pictures that nothing is wrong with.
            if any(picture.problem is not None for picture in score.pictures[rows]):
                continue
            judgement = judge(score.pictures[rows], inference, score.references, calibration)
            yield _Candidate(lift, masks, at, judgement, float(inference.matches[:, 1].mean()))


def refusal(content: Mapping[str, Any]) -> str | None:
    """Return why a start would refuse a manifest that was just made, or None."""
    if (reason := outside(Calibration.model_validate(content["calibration"]))) is not None:
        return f"calibration.{reason}"
    kind = missing([GoldenPassage.model_validate(one) for one in content["golden_passages"]])
    return None if kind is None else f"golden_passages: none of them {kind}"


def former_identity(content: Mapping[str, Any]) -> str:
    """Return what a manifest's model was called; before 0.7 that ended with the hash of the file alone."""
    return f"{content['name']}-{content['version']}+{content.get('digest', content['sha256'])[:12]}"


def sealed_again(content: Mapping[str, Any], passages: Sequence[GoldenPassage]) -> dict[str, Any]:
    """Return a manifest's content with other golden passages, and with what the model was called before.

    What an installation stored under the former name stays as good: weights and calibration are the same.
    """
    again = {key: value for key, value in content.items() if key not in SEALS}
    again["golden_passages"] = [passage.model_dump(mode="json") for passage in passages]
    if digest(again) != content.get("digest"):
        known = again.get("formerly", [])
        again["formerly"] = list(dict.fromkeys([*known, former_identity(content)]))
    return again


def write(path: Path, content: Mapping[str, Any], key: Ed25519PrivateKey | None = None) -> None:
    """Write barwatch.json with its digests, and signed if there is a key."""
    without = {name: value for name, value in content.items() if name not in SEALS}
    text = seal(without)
    if key is not None:
        signature = key.sign(signed_bytes(unseal(text.encode())))
        text = seal({**without, "signature": base64.b64encode(signature).decode()})
    path.write_text(text, encoding="utf-8", newline="\n")


def read_key(path: Path, password: str | None = None) -> Ed25519PrivateKey:
    """Read a private key as OpenSSL writes it: PEM, Ed25519.

    Raises:
        ValueError: another file or kind of key, or a wrong password.
        TypeError: it needs a password and there is none, or the other way round.
        OSError: it cannot be read.
    """
    key = load_pem_private_key(path.read_bytes(), None if password is None else password.encode())
    if not isinstance(key, Ed25519PrivateKey):
        raise ValueError(f"{path}: no Ed25519 key: make one with `openssl genpkey -algorithm ed25519`")
    return key
