"""ml holds no judge of its own: what it reports are the verdicts that the service gives."""

import ast
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

import lifts.decision.judge
import ml.evaluate.onsite
import ml.evaluate.scoring
import service.domain.passage
import service.site.learning
import service.station.watch
import service.usecases.classification
import service.verdicts.deciding
from lifts.decision.calibration import Calibration
from lifts.decision.verdict import NO_RIDERS, Inference, Verdict
from lifts.schema import MaskPair
from ml.evaluate.scoring import check_pictures, score
from ml.evaluate.verdicts import Outcome
from service.domain.masks import MaskVersion
from service.domain.passage import Picture
from service.inference.artefact import Manifest

ROOT = Path(__file__).resolve().parents[3]
ROOMS = ("evaluate", "export", "commands", "report")
"""Where ml judges the product. The papers' systems judge by their own rules, which are not the product's."""

DECIDES = {
    "unknown_low",
    "unknown_high",
    "fit_threshold",
    "occupancy_threshold",
    "min_quality",
    "unclear_low",
    "unclear_high",
    "scale_on_site",
    "verdict_of",
    "deciding",
}
"""What only a judge reads."""


def _names(path: Path) -> set[str]:
    """Every attribute that a file reads and every key that it looks up, but for keyword arguments."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Attribute):
            found.add(node.attr)
        elif isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Constant):
            found.add(str(node.slice.value))
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            found.add(node.func.id)
    return found


def test_all_call_the_same_judge() -> None:
    """One function, by identity: the service live, classifying, learning and watching, and the evaluation."""
    judge = lifts.decision.judge.judge
    for module in (
        ml.evaluate.scoring,
        ml.evaluate.onsite,
        service.domain.passage,
        service.usecases.classification,
        service.site.learning,
    ):
        assert vars(module)["judge"] is judge, module.__name__
    for module in (service.verdicts.deciding, service.station.watch):
        assert vars(module)["judge_passage"] is service.domain.passage.judge_passage, module.__name__


def test_ml_reads_nothing_that_only_a_judge_reads() -> None:
    """No band, no threshold of its own: whoever adds a second judge has to read one of these."""
    for room in ROOMS:
        for path in (ROOT / "ml" / room).rglob("*.py"):
            assert not _names(path) & DECIDES, path


def test_a_second_judge_would_be_found(tmp_path: Path) -> None:
    """The check above can fail: a planted band is found, as an attribute and as a key."""
    for number, text in enumerate(("x = p > c.unknown_high", 'x = p > c["unknown_high"]')):
        planted = tmp_path / f"{number}.py"
        planted.write_text(text)
        assert _names(planted) & DECIDES == {"unknown_high"}


class _Network:
    """Random embeddings and margins, from a picture's first pixel on."""

    def __init__(self) -> None:
        self._rng = np.random.default_rng(7)
        self.embedding = self._rng.normal(size=(60, 8)).astype(np.float32)
        self.occupancy = self._rng.random(60).astype(np.float32)
        self.riders = NO_RIDERS
        self._margin = self._rng.normal(0, 0.4, 60).astype(np.float32)
        self._fit = self._rng.random(60).astype(np.float32)

    def look(self, images: np.ndarray) -> "_Network":
        return self

    def take(self, rows: object) -> "_Network":
        return self

    def match(self, seen: object, references: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        return self._margin, self._fit

    def masks(self, masks: np.ndarray) -> np.ndarray:
        return np.random.default_rng(8).normal(size=(2, 8)).astype(np.float32)


def test_the_evaluations_verdicts_are_those_of_the_service() -> None:
    """The same pictures by both ways: equal judgements, refused and undecided ones among them."""
    calibration = Calibration(
        scale=8.0,
        offset=0.1,
        unknown_low=0.25,
        unknown_high=0.67,
        occupancy_threshold=0.49,
        min_separation=0.1,
        min_separation_good=0.5,
        fit_threshold=0.3,
    )
    assert Manifest.model_fields["calibration"].annotation is Calibration
    rng = np.random.default_rng(9)
    images = rng.integers(0, 255, (60, 200, 200, 3), dtype=np.uint8)
    images[12:15] = 0  # a dark passage
    images[15] = 255
    images = np.stack([np.kron(image[::20, ::20], np.ones((20, 20, 1), np.uint8)) for image in images])
    masks = np.zeros((2, 200, 200), np.uint8)
    truth = (rng.random(60) < 0.5, rng.random(60) < 0.5)
    network = _Network()
    scores = score(network, "lift", images, truth, (masks[0], masks[1]))
    bank = network.masks(masks)[:, None]
    pair = MaskPair(open=masks[0], close=masks[1])
    version = MaskVersion("lift", 3, "m", pair, bank, 1.0, (), True, datetime.now(UTC))
    inference = Inference(
        network.embedding, network.occupancy, np.stack(network.match(None, version.reference_embeddings()), 1)
    )
    problems = [picture.problem for picture in check_pictures(images)]
    kinds = set()
    for count in (1, 3):
        outcomes = list(scores.judged(calibration, count))
        assert len(outcomes) == 60 // count
        for number, outcome in enumerate(outcomes):
            rows = slice(number * count, (number + 1) * count)
            shown = [Picture(images[at], None, 0.0, 1.0, problems[at]) for at in range(60)[rows]]
            judgement = lifts.decision.judge.judge(
                shown, inference.take(rows), version.lift_references(), calibration
            )
            at = number * count
            assert outcome == Outcome.of(judgement, bool(truth[0][at]), bool(truth[1][at]))
            kinds |= {judgement.verdict.value, *(reason.value for reason in judgement.reasons)}
    assert kinds >= {"open", "closed", "unknown", "dark", "too_close", "not_this_lift"}
    assert Verdict.UNKNOWN in kinds
