"""How many pictures of a passage are judged: the last always, and each movement has its row."""

import numpy as np

from lifts.arrays import Float32
from lifts.decision.references import LiftReferences
from lifts.decision.verdict import NO_RIDERS, Inference, Verdict
from ml.data.moving import PLACES
from ml.evaluate.passages.length import LENGTHS, judged, rows_of
from ml.evaluate.scoring import CheckedPicture, Scores
from tests.lifts.decision.test_fusion import CALIBRATION


def test_the_last_picture_is_always_judged() -> None:
    """Spread from the first to the last; a single one is the last."""
    assert [rows_of(count) for count in LENGTHS] == [
        [11],
        [0, 5, 11],
        [0, 2, 4, 7, 9, 11],
        list(range(PLACES)),
    ]


def test_a_passage_is_judged_by_its_last_state() -> None:
    """Two passages, one lowered in the last four pictures, one raised: its last picture says which."""
    margins = np.array([-0.5] * 8 + [0.5] * 4 + [0.5] * 6 + [-0.5] * 6, np.float32)
    empty: Float32 = np.zeros((24, 2), np.float32)
    inference = Inference(empty, np.ones(24, np.float32), np.stack([margins, 0 * margins + 1], 1), NO_RIDERS)
    references = LiftReferences(np.zeros((2, 1, 2), np.float32))
    state = margins < 0
    pictures = (CheckedPicture(None),) * 24
    scores = Scores("two", inference, references, pictures, state, np.ones(24, bool))
    assert [outcome.verdict for outcome in judged(scores, CALIBRATION, 12)] == [Verdict.CLOSED, Verdict.OPEN]
    assert [outcome.truly_open for outcome in judged(scores, CALIBRATION, 12)] == [False, True]
    assert all(outcome.right for outcome in judged(scores, CALIBRATION, 3))
