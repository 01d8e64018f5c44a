"""What is kept of a frame while the line is learnt shows the same in half its size, grey, as in colours."""

import cv2
import numpy as np

from lifts.folder import read_lift_folder
from lifts.track import TrackGeometry
from service.domain.frame import Frame
from service.line.clip import Clip
from service.line.roi import Roi
from service.usecases.samples import sample_folder


def test_half_the_grey_picture_is_where_the_coloured_one_is() -> None:
    """A pose reads the same place of both: no part of a carrier is shifted by what is left undecoded."""
    folder = sample_folder("demo-quad")
    assert folder is not None
    lift = read_lift_folder(folder).lift
    assert lift.track is not None
    track = TrackGeometry(lift.track)
    rng = np.random.default_rng(3)
    drawn = cv2.GaussianBlur(rng.integers(0, 256, (720, 1280, 3)).astype(np.uint8), (0, 0), 9.0)
    drawn = cv2.normalize(drawn, drawn, 0, 255, cv2.NORM_MINMAX)
    frame = Frame.of_bgr(np.asarray(drawn, np.uint8), index=0, t_s=0.0, t_mono_s=0.0)
    roi = Roi(track, 1280, 720)
    clip = Clip(roi, track)
    small = roi.small(frame.luma)
    clip.add(frame, small, roi.features(small))
    pose, kept = track.pose(0.5), clip.frames[0]
    grey, half = clip.half_grey(kept), clip.within_half(pose)
    coloured = cv2.cvtColor(clip.registered(clip.picture(kept), pose, 0), cv2.COLOR_BGR2GRAY)
    matrix = cv2.getRotationMatrix2D((half.x, half.y), -np.degrees(half.angle), half.scale)
    matrix = np.asarray(matrix, np.float64)
    matrix[:, 2] += np.array([100.0 - half.x, 100.0 - half.y], np.float64)
    seen = cv2.warpAffine(grey, matrix, (200, 200), borderMode=cv2.BORDER_REPLICATE)
    inner = (slice(20, 180), slice(20, 180))
    window = cv2.createHanningWindow((160, 160), cv2.CV_32F)
    (x, y), _ = cv2.phaseCorrelate(coloured[inner].astype(np.float32), seen[inner].astype(np.float32), window)
    assert abs(x) < 0.5
    assert abs(y) < 0.5
    assert np.abs(coloured[inner].astype(int) - seen[inner]).mean() < 4.0
