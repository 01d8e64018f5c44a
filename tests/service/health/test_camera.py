"""What a camera cannot show is reported: never silence, and no alarm for a healthy one."""

import functools
import itertools
from collections.abc import Callable

import cv2
import numpy as np
import numpy.typing as npt
import pytest

from lifts.decision.reasons import Reason
from service.capture.packets.sparing import LONGEST_S
from service.domain.alarm import AlarmKind
from service.domain.frame import Frame
from service.domain.health import Health
from service.health.camera import CameraHealth
from service.health.view import inspect
from service.station.step import INSPECT_EVERY_S

Image = npt.NDArray[np.uint8]


@functools.cache
def scene(shift_px: int = 0, seed: int = 1) -> Image:
    """A station: blocks of many sizes before a bright sky, 640x360."""
    rng = np.random.default_rng(seed)
    image = np.full((360, 640, 3), 150, np.uint8)
    for _ in range(60):
        x, y = (int(v) for v in rng.integers(0, (640, 360)))
        w, h = (int(v) for v in rng.integers(15, 90, 2))
        tone = int(rng.integers(20, 240))
        cv2.rectangle(image, (x + shift_px, y), (x + shift_px + w, y + h), (tone, tone, tone), -1)
    return image


class Camera:
    """Plays pictures to a CameraHealth at 2.5 a second on a clock of its own."""

    def __init__(self) -> None:
        self.now_s = 1000.0
        self.health = CameraHealth("lift", self.now_s)
        rng = np.random.default_rng(7)
        self.grain = [rng.normal(0, 1, (360, 640, 1)).astype(np.float32) for _ in range(5)]
        self.turns = itertools.cycle(range(5))
        self.shown: tuple[Image | None, float, dict[int, Image]] = None, 0.0, {}

    @property
    def state(self) -> str:
        return self.health.state.value

    def noisy(self, picture: Image, noise: float) -> Image:
        """Return a picture with the noise of the sensor, which repeats itself after five."""
        turn = next(self.turns)
        if self.shown[0] is not picture or self.shown[1] != noise:
            self.shown = picture, noise, {}
        known = self.shown[2]
        if turn not in known:
            seen = picture.astype(np.float32) + noise * self.grain[turn]
            known[turn] = np.clip(seen, 0, 255).astype(np.uint8)
        return known[turn]

    def play(self, seconds: float, picture: Callable[[], Image] | None, noise: float = 3.0) -> list[Health]:
        """Show a picture (with sensor noise) for some seconds, or nothing; return what was reported."""
        changes: list[Health] = []
        for _ in range(round(seconds * 2.5)):
            self.now_s += 0.4
            if picture is not None:
                image = self.noisy(picture(), noise)
                frame = Frame.of_bgr(image, index=0, t_s=self.now_s, t_mono_s=self.now_s)
                changes += self.health.frame(inspect(frame), self.now_s)
            changes += self.health.tick(self.now_s)
        return changes


def kinds(changes: list[Health]) -> list[tuple[AlarmKind, bool]]:
    return [(change.kind, change.active) for change in changes]


def test_a_healthy_camera_is_live_and_quiet() -> None:
    """A minute of an ordinary view with noise: live, and nothing reported."""
    camera = Camera()
    assert camera.state == "starting"
    assert camera.play(60, scene) == []
    assert camera.state == "live"
    assert camera.health.problem is None


def test_a_lost_camera_is_degraded_then_lost_then_back() -> None:
    """No frame: degraded within 3 s, camera_lost within 10 s, cleared with the first frame."""
    camera = Camera()
    camera.play(5, scene)
    assert camera.play(3, None) == []
    assert camera.state == "degraded"
    assert kinds(camera.play(7, None)) == [(AlarmKind.CAMERA_LOST, True)]
    assert camera.state == "lost"
    (over,) = camera.play(1, scene)
    assert (over.kind, over.active) == (AlarmKind.CAMERA_LOST, False)
    assert "nobody watched for" in over.message


def test_what_was_held_when_the_camera_fell_silent_is_no_sign_of_life() -> None:
    """It is decoded once the reader gives the camera up: the alarm comes within 10 s of the last packet."""
    camera = Camera()
    camera.play(5, scene)
    silent_s = camera.now_s
    camera.health.left_out(silent_s)
    assert camera.play(2.4, None) == []
    for behind_s in (2.0, 1.0, 0.0):
        shown = Frame.of_bgr(scene(), index=0, t_s=silent_s, t_mono_s=silent_s)
        came_s = silent_s - behind_s
        assert camera.health.frame(inspect(shown), camera.now_s, None, came_s) == []
        assert camera.state == "degraded"
    changes = camera.play(9.9 - 2.4, None)
    assert kinds(changes) == [(AlarmKind.CAMERA_LOST, True)]


@pytest.mark.fault(4)
@pytest.mark.parametrize("key_every_s", [1.0, 1.9, 3.0, LONGEST_S])
def test_a_frozen_picture_is_said_within_10_s_of_key_frames_too(key_every_s: float) -> None:
    """While the line stands: these alone are looked at, until it looks as if the picture were frozen."""
    camera = Camera()
    camera.play(20, scene)
    frozen_s, turn_s = camera.now_s, INSPECT_EVERY_S
    frozen = Frame.of_bgr(camera.noisy(scene(), 3.0), index=0, t_s=frozen_s, t_mono_s=frozen_s)
    changes: list[Health] = []
    while not changes and camera.now_s < frozen_s + 20.0:
        camera.now_s += key_every_s if camera.health.calm(camera.now_s) else turn_s
        changes = camera.health.frame(inspect(frozen), camera.now_s)
    assert kinds(changes) == [(AlarmKind.CAMERA_FROZEN, True)]
    assert camera.now_s - frozen_s <= 10.0


def test_pictures_left_undecoded_on_purpose_are_a_sign_of_life_and_nothing_more() -> None:
    """The camera is live while they come; once they do not, it is lost as soon as any other."""
    camera = Camera()
    camera.play(5, scene)
    assert camera.health.calm(camera.now_s)
    for _ in range(10):
        camera.now_s += 1.0
        camera.health.left_out(camera.now_s)
        assert camera.health.tick(camera.now_s) == []
        assert camera.state == "live"
        assert camera.health.frame_age_s(camera.now_s) == 0.0
    assert not camera.health.calm(camera.now_s), "nobody has seen a picture for long"
    camera.play(3, None)
    assert camera.state == "degraded"
    assert kinds(camera.play(7, None)) == [(AlarmKind.CAMERA_LOST, True)]


def test_a_view_of_which_something_looks_wrong_is_not_calm() -> None:
    """Long before it is an alarm: unchanged for a few seconds, dark, or moved."""
    camera = Camera()
    camera.play(20, scene)
    assert camera.health.calm(camera.now_s)
    still = scene()
    assert camera.play(4.8, lambda: still, noise=0.0) == []
    assert not camera.health.calm(camera.now_s)
    camera.play(4, scene)
    assert camera.health.calm(camera.now_s)
    assert camera.play(1, lambda: np.zeros_like(scene())) == []
    assert not camera.health.calm(camera.now_s)


def test_a_camera_that_never_sends_is_lost_too() -> None:
    """Starting is no excuse: without a first frame camera_lost comes within 10 s."""
    assert kinds(Camera().play(10, None)) == [(AlarmKind.CAMERA_LOST, True)]


def test_a_frozen_picture_is_noticed() -> None:
    """The very same picture again and again is reported within 10 s, and cleared when it changes."""
    camera = Camera()
    camera.play(20, scene)
    still = scene()
    assert kinds(camera.play(10, lambda: still, noise=0.0)) == [(AlarmKind.CAMERA_FROZEN, True)]
    assert camera.health.problem == Reason.CAMERA_FROZEN
    assert kinds(camera.play(2, scene)) == [(AlarmKind.CAMERA_FROZEN, False)]


@pytest.mark.thorough
def test_dark_covered_and_blurred_views_are_low_visibility() -> None:
    """Night without light, a cap on the lens, snow on it: low_visibility within 30 s, and back."""
    blind: list[Callable[[], Image]] = [
        lambda: np.zeros((360, 640, 3), np.uint8),
        lambda: np.full((360, 640, 3), 130, np.uint8),
        lambda: np.full((360, 640, 3), 255, np.uint8),
        functools.cache(lambda: np.asarray(cv2.GaussianBlur(scene(), (0, 0), 9), dtype=np.uint8)),
    ]
    for picture in blind:
        camera = Camera()
        camera.play(25, scene)
        noise = 1.0
        assert (AlarmKind.LOW_VISIBILITY, True) in kinds(camera.play(30, picture, noise))
        assert camera.health.problem is not None
        assert (AlarmKind.LOW_VISIBILITY, False) in kinds(camera.play(30, scene))


@functools.cache
def station_in_fog() -> Image:
    """A rope, a carrier and a fence, 28 grey levels darker than the fog that fills the view."""
    image = np.full((360, 640, 3), 165, np.uint8)
    near = (137, 137, 137)
    cv2.line(image, (0, 150), (639, 20), near, 8)
    cv2.rectangle(image, (300, 90), (380, 190), near, 8)
    for x in range(420, 640, 50):
        cv2.line(image, (x, 160), (x, 220), near, 8)
    return image


def veiled(image: Image, share: float) -> Image:
    """The picture behind a film of snow or ice that lets 1 - share of the contrast through."""
    return np.asarray(image * (1.0 - share) + 165.0 * share, dtype=np.uint8)


def test_fog_behind_a_plain_carrier_is_no_covered_lens() -> None:
    """Fog that fills 95 % of the view leaves what is near plain: no alarm. Thick fog is one within 30 s."""
    view = inspect(Frame.of_bgr(station_in_fog(), index=0, t_s=0.0, t_mono_s=0.0))
    assert view.contrast < 12.0 < view.detail, "the fog fills the view, and the rest is plain"
    camera = Camera()
    assert camera.play(60, station_in_fog, noise=1.0) == []
    thick = functools.cache(lambda: veiled(station_in_fog(), 0.8))
    assert kinds(camera.play(30, thick, noise=1.0)) == [(AlarmKind.LOW_VISIBILITY, True)]
    assert camera.health.problem is Reason.LENS_COVERED
    assert kinds(camera.play(30, station_in_fog, noise=1.0)) == [(AlarmKind.LOW_VISIBILITY, False)]


@pytest.mark.parametrize("seconds_before", [0, 25])
@pytest.mark.parametrize(
    "covered",
    [
        functools.cache(lambda: veiled(scene(), 0.96)),
        functools.cache(
            lambda: np.asarray(
                np.broadcast_to(np.linspace(190, 120, 360)[:, None, None], (360, 640, 3)), dtype=np.uint8
            )
        ),
    ],
    ids=["film", "shaded cap"],
)
def test_a_covered_lens_is_noticed_from_the_start_too(
    covered: Callable[[], Image], seconds_before: int
) -> None:
    """A film of ice and a cap in the light are reported within 30 s, whether or not the view is known."""
    camera = Camera()
    camera.play(seconds_before, scene)
    assert kinds(camera.play(30, covered, noise=1.0)) == [(AlarmKind.LOW_VISIBILITY, True)]
    assert camera.health.problem is Reason.LENS_COVERED


def test_a_moved_camera_is_view_changed() -> None:
    """A camera that was knocked aside, a little or wholly, is reported within 30 s; turned back, cleared."""
    for moved in (lambda: scene(shift_px=14), lambda: scene(seed=99)):
        camera = Camera()
        camera.play(25, scene)
        assert kinds(camera.play(30, moved)) == [(AlarmKind.VIEW_CHANGED, True)]
        assert kinds(camera.play(30, scene)) == [(AlarmKind.VIEW_CHANGED, False)]


def test_a_stream_that_stays_damaged_is_low_visibility() -> None:
    """Frames that cannot be read keep the camera live, are reported if they last, change no view."""
    camera = Camera()
    camera.play(20, scene)
    changes: list[Health] = []
    for _ in range(50):
        camera.now_s += 0.4
        changes += camera.health.damaged_frame(camera.now_s) + camera.health.tick(camera.now_s)
    assert kinds(changes) == [(AlarmKind.LOW_VISIBILITY, True)]
    assert camera.state == "live"
    assert kinds(camera.play(30, scene)) == [(AlarmKind.LOW_VISIBILITY, False)]


def test_the_range_of_the_planes_does_not_change_the_view() -> None:
    """The same picture in 16..235 and in 0..255 looks the same, and a blurred one blurred."""
    bgr = cv2.resize(scene(), (1920, 1080), interpolation=cv2.INTER_CUBIC)
    grey = cv2.cvtColor(bgr, cv2.COLOR_BGR2GRAY).astype(np.uint8)
    chroma = np.full((540, 960), 128, np.uint8)
    narrow = (16 + grey * (219 / 255)).round().astype(np.uint8)
    soft = cv2.GaussianBlur(narrow, (0, 0), 27).astype(np.uint8)
    views = [
        inspect(Frame.of_planes(y, chroma, chroma, index=0, t_s=0, t_mono_s=0, full_range=full_range))
        for y, full_range in ((grey, True), (narrow, False), (soft, False))
    ]
    full, limited, blurred = views
    assert abs(full.dark - limited.dark) <= 2
    assert abs(full.contrast - limited.contrast) <= 3
    assert limited.sharpness == pytest.approx(full.sharpness, rel=0.1)
    assert blurred.sharpness < 0.3 * full.sharpness


def test_people_and_carriers_do_not_change_the_view() -> None:
    """Large things passing through for a minute raise nothing."""
    camera = Camera()
    camera.play(30, scene)
    at = iter(range(0, 100000, 9))

    def busy() -> Image:
        image = scene().copy()
        x = next(at) % 640
        cv2.rectangle(image, (x, 60), (x + 140, 300), (30, 60, 90), -1)
        return image

    assert camera.play(60, busy) == []


@pytest.mark.thorough
def test_slow_changes_of_light_are_no_alarm() -> None:
    """A picture that dims to half within three minutes stays fine."""
    camera = Camera()
    camera.play(30, scene)
    for step in range(20):
        light = 1.0 - 0.5 * step / 20
        assert camera.play(10, lambda light=light: (scene() * light).astype(np.uint8)) == []  # type: ignore[misc]
