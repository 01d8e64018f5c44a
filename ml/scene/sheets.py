"""Contact sheets: every factor from one end of its range to the other."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import cv2
import numpy as np

from lifts.arrays import UInt8
from ml.scene.conditions import sample_conditions, sample_riders
from ml.scene.lift import LiftScene
from ml.scene.passage import Circumstances, LightKind, Neighbour, Slip
from ml.scene.render import render_registered
from ml.scene.sampling import make_lift
from ml.scene.world.carrier import CarrierSpec
from ml.scene.world.fleet import sample_carrier
from ml.scene.world.people import Person, Stander, sample_person

COLUMNS = 8
_TILE, _LABEL, _MARGIN = 150, 20, 4
_SEED = 7_000

_LIGHTS: tuple[LightKind, ...] = ("sun", "overcast", "flat", "dusk", "night", "backlight")


@dataclass(frozen=True, eq=False)
class Tile:
    """One picture uint8[200, 200, 3] and what to write above it."""

    label: str
    image: UInt8


Row = list[Tile]


def sheet(rows: list[Row]) -> UInt8:
    """Return rows of labelled tiles as one picture uint8[H, W, 3]."""
    height, width = _TILE + _LABEL + _MARGIN, _TILE + _MARGIN
    out = np.full((height * len(rows), width * COLUMNS, 3), 255, np.uint8)
    for r, row in enumerate(rows):
        for k, tile in enumerate(row[:COLUMNS]):
            y, x = r * height, k * width
            small = cv2.resize(tile.image, (_TILE, _TILE), interpolation=cv2.INTER_AREA)
            out[y + _LABEL : y + _LABEL + _TILE, x : x + _TILE] = small
            at = (x + 2, y + _LABEL - 6)
            cv2.putText(out, tile.label, at, cv2.FONT_HERSHEY_SIMPLEX, 0.38, (20, 20, 20), 1, cv2.LINE_AA)
    return out


def _lift(
    change: Callable[[CarrierSpec], CarrierSpec], seed: int = _SEED, azimuth: float = 35.0
) -> LiftScene:
    rng = np.random.default_rng(seed)
    spec = change(replace(sample_carrier(rng), seats=4, frame="bail", bubble=False))
    return make_lift(seed, rng, spec=spec, azimuth_deg=azimuth)


def _taken(lift: LiftScene, opening: float, seed: int = 1, **changes: Any) -> Circumstances:
    riders = sample_riders(np.random.default_rng(seed), lift.spec.seats, True)
    return replace(Circumstances(opening=opening, riders=riders), **changes)


def _picture(lift: LiftScene, conditions: Circumstances, position: int = 1) -> UInt8:
    return render_registered(lift, conditions, position, 3).image


def _pair(lift: LiftScene, label: str) -> Row:
    empty = Circumstances(opening=0.0, riders=(None,) * lift.spec.seats)
    return [
        Tile(f"{label}, closed", _picture(lift, empty)),
        Tile(f"{label}, open", _picture(lift, replace(empty, opening=1.0))),
    ]


def _rows(tiles: list[Tile]) -> list[Row]:
    return [tiles[k : k + COLUMNS] for k in range(0, len(tiles), COLUMNS)]


def _bar(**changes: Any) -> Callable[[CarrierSpec], CarrierSpec]:
    return lambda spec: replace(spec, bar=replace(spec.bar, **changes))


def _spec(**changes: Any) -> Callable[[CarrierSpec], CarrierSpec]:
    return lambda spec: replace(spec, **changes)


def carriers() -> list[Row]:
    """Seats, frames, backs, bubbles, snow and paint; each closed and open."""
    tiles: list[Tile] = []
    for seats in range(1, 9):
        tiles += _pair(_lift(_spec(seats=seats)), f"{seats} seat{'s' if seats > 1 else ''}")
    for frame in ("mast", "bail", "double"):
        tiles += _pair(_lift(_spec(frame=frame)), frame)
    for back in ("panel", "slats", "cushions", "shells"):
        tiles += _pair(_lift(_spec(back=back)), back)
    tiles += _pair(_lift(_spec(bubble=True)), "bubble")
    tiles += _pair(_lift(_spec(snow=1.0)), "snow on it")
    tiles += _pair(_lift(_spec(headrests=True, side_arms=True)), "head rests")
    black, yellow = (0.02, 0.02, 0.02), (0.75, 0.55, 0.02)
    tiles += _pair(_lift(_spec(frame_rgb=black, bar_rgb=black)), "black")
    tiles += _pair(_lift(_spec(frame_rgb=yellow, bar_rgb=yellow)), "yellow")
    return _rows(tiles)


def bars() -> list[Row]:
    """Shapes of the bar, its foot rests and posts, and how far it is open."""
    tiles: list[Tile] = []
    for shape in ("u", "v", "curved", "arms"):
        tiles += _pair(_lift(_bar(shape=shape, halves=False)), shape)
    for rest in ("none", "t", "straight", "full"):
        tiles += _pair(_lift(_bar(rest=rest)), f"rest: {rest}")
    tiles += _pair(_lift(_bar(halves=True)), "two halves")
    tiles += _pair(_lift(_bar(loop=True)), "loop")
    tiles += _pair(_lift(_bar(post=True)), "post")
    tiles += _pair(_lift(_bar(padding=0.034)), "padded")
    lift = _lift(_bar(rest="t", shape="u", halves=False))
    for opening in (0.0, 0.06, 0.12, 0.2, 0.4, 0.6, 0.8, 1.0):
        state = "open" if opening > 0.12 else "closed"
        tiles.append(Tile(f"opening {opening:.2f}: {state}", _picture(lift, _taken(lift, opening))))
    return _rows(tiles)


def views() -> list[Row]:
    """The five views of operators, from both sides, at begin, middle and end."""
    tiles = []
    for opening, state in ((0.0, "closed"), (1.0, "open")):
        for azimuth in (5, 40, 90, 135, 172, -40, -90, -135):
            lift = _lift(_bar(rest="t"), seed=_SEED + abs(azimuth), azimuth=float(azimuth))
            tiles.append(Tile(f"{azimuth} degrees, {state}", _picture(lift, _taken(lift, opening))))
    for seed in (1, 2):
        lift = _lift(_spec(), seed=_SEED + seed)
        for position, name in enumerate(("begin", "middle", "end")):
            tiles.append(Tile(name, _picture(lift, _taken(lift, 0.0), position)))
    return _rows(tiles)


def people() -> list[Row]:
    """Riders, their posture and gear; people on the ground; other carriers."""
    lift = _lift(_bar(rest="t"))
    rng = np.random.default_rng(5)
    tiles = []
    person = sample_person(rng, child=False)
    alone: dict[str, Any] = {
        "adult": {},
        "child": {"size": 0.65},
        "hands on the bar": {"arms": "bar"},
        "arms wide": {"arms": "wide"},
        "arms up": {"arms": "up"},
        "leaning": {"lean": 0.45, "side": 0.2},
        "backpack": {"pack": True},
        "board": {"gear": "board"},
    }
    for opening in (0.0, 1.0):
        for label, changes in alone.items():
            riders: tuple[Person | None, ...] = (None, replace(person, **changes), None, None)
            tiles.append(Tile(label, _picture(lift, Circumstances(opening=opening, riders=riders))))
    for count in range(1, 5):
        riders = tuple(sample_person(rng) if seat < count else None for seat in range(4))
        tiles.append(Tile(f"{count} of 4", _picture(lift, Circumstances(opening=0.0, riders=riders))))
    for crowd in (1, 3, 6, 9):
        standers = tuple(
            Stander(sample_person(rng), float(rng.uniform(-4, -1.6)), float(rng.uniform(-4, 3)), 0.3, 0.2)
            for _ in range(crowd)
        )
        tiles.append(Tile(f"queue of {crowd}", _picture(lift, _taken(lift, 1.0, standers=standers))))
    empty: tuple[None, ...] = (None,) * 4
    along = _lift(_bar(rest="t"), seed=_SEED + 2, azimuth=14.0)
    for label, down, offset in (
        ("none behind", False, 60.0),
        ("one behind, 6 m", False, -6.0),
        ("one behind, 9 m", False, -9.0),
        ("one behind, 14 m", False, -14.0),
        ("coming down, 5 m", True, -5.0),
        ("coming down, 9 m", True, -9.0),
    ):
        around = (Neighbour(offset, down, 1.0, empty if down else (person,) * 4),)
        tiles.append(Tile(label, _picture(along, _taken(along, 0.0, neighbours=around))))
    return _rows(tiles)


STEPS: dict[str, dict[str, tuple[Any, ...]]] = {
    "light": {
        "light_level": (0.35, 0.5, 0.65, 0.8, 0.9, 1.0, 1.1, 1.3),
        "exposure": (0.45, 0.6, 0.8, 1.0, 1.2, 1.4, 1.6, 1.9),
        "sun_azimuth": (-3.0, -2.2, -1.5, -0.7, 0.0, 0.7, 1.5, 2.2),
        "sun_height": (0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.85, 1.0),
        "sunlit": (0.0, 0.1, 0.25, 0.4, 0.55, 0.7, 0.85, 1.0),
        "warmth": (-0.25, -0.18, -0.1, -0.04, 0.04, 0.1, 0.18, 0.25),
        "lamp_m": (0, 12, 9, 7, 6, 5, 4, 3),
        "lamps": (0, 1, 2, 3, 4, 4, 3, 2),
        "glare": (0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.65, 0.8),
    },
    "weather": {
        "fog_per_m": (0.0, 0.01, 0.02, 0.03, 0.045, 0.06, 0.08, 0.1),
        "snow": (0.0, 0.1, 0.2, 0.35, 0.5, 0.65, 0.8, 1.0),
        "snow_size": (0.5, 0.7, 0.9, 1.1, 1.4, 1.7, 2.0, 2.2),
        "snow_streak": (0.0, 1.5, 3.0, 4.5, 6.0, 8.0, 10.0, 12.0),
        "rain": (0.0, 0.15, 0.3, 0.45, 0.6, 0.75, 0.9, 1.0),
        "drops": (0.0, 0.15, 0.3, 0.45, 0.6, 0.75, 0.9, 1.0),
        "frost": (0.0, 0.15, 0.3, 0.45, 0.6, 0.75, 0.9, 1.0),
        "rime": (0.0, 0.12, 0.25, 0.4, 0.55, 0.7, 0.85, 1.0),
        "veil": (0.0, 0.03, 0.06, 0.09, 0.12, 0.15, 0.18, 0.2),
    },
    "camera": {
        "blur_px": (0.0, 0.2, 0.4, 0.6, 0.9, 1.2, 1.5, 1.8),
        "motion_px": (0.0, 0.5, 1.0, 1.5, 2.0, 2.7, 3.3, 4.0),
        "zoom": (1.0, 0.9, 0.8, 0.7, 0.62, 0.55, 0.5, 0.45),
        "sharpen": (0.0, 0.2, 0.4, 0.6, 0.8, 1.0, 1.3, 1.6),
        "noise": (0.0, 0.01, 0.02, 0.03, 0.045, 0.06, 0.08, 0.1),
        "band": (0.0, 0.02, 0.04, 0.06, 0.08, 0.1, 0.12, 0.15),
        "interlace": (0.0, 0.5, 1.0, 1.5, 2.0, 2.0, 2.5, 2.5),
        "quality": (95, 80, 65, 50, 40, 30, 24, 18),
        "blocks": (0.0, 0.15, 0.3, 0.45, 0.6, 0.75, 0.9, 1.0),
        "crf": (18, 22, 26, 29, 32, 35, 38, 42),
        "vignette": (0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.75),
        "contrast": (0.75, 0.8, 0.87, 0.95, 1.0, 1.07, 1.14, 1.2),
        "saturation": (0.5, 0.6, 0.7, 0.8, 0.9, 1.0, 1.1, 1.2),
    },
}
"""Each factor of `Circumstances` in eight steps through its range."""

_ON: dict[str, dict[str, Any]] = {
    "light_level": {"light": "night"},
    "sun_azimuth": {"light": "sun"},
    "sun_height": {"light": "sun"},
    "sunlit": {"light": "sun"},
    "glare": {"light": "backlight"},
    "lamp_m": {"light": "night"},
    "lamps": {"light": "night"},
    "snow_size": {"snow": 0.5},
    "snow_streak": {"snow": 0.5},
    "drops": {"light": "overcast"},
}


def steps(group: str) -> list[Row]:
    """Return one row per factor of a group of STEPS, each of another lift, open and closed alternately."""
    rows: list[Row] = []
    if group == "light":
        rows.append(_lights())
    for n, (name, values) in enumerate(STEPS[group].items()):
        lift = _lift(_spec(), seed=_SEED + 20 + n, azimuth=(35.0, 120.0, -60.0, 90.0)[n % 4])
        base = _taken(lift, float(n % 2), seed=n, **_ON.get(name, {}))
        rows.append([Tile(f"{name} {v}", _picture(lift, replace(base, **{name: v}))) for v in values])
    if group == "camera":
        rows.append(_slips())
    return rows


def _lights() -> Row:
    lift = _lift(_spec(), seed=_SEED + 3)
    tiles = [Tile(kind, _picture(lift, _taken(lift, 1.0, light=kind))) for kind in _LIGHTS]
    grey = _taken(lift, 1.0, light="night", grey=True)
    return [*tiles, Tile("night, grey camera", _picture(lift, grey))]


def _slips() -> Row:
    lift = _lift(_spec(), seed=_SEED + 4)
    given = [(0, 0, 1.0, 0.0), (4, 0, 1.0, 0.0), (0, -5, 1.0, 0.0), (-12, 3, 1.0, 0.0)]
    given += [(0, 0, 1.04, 0.0), (0, 0, 0.96, 0.0), (0, 0, 1.0, 0.04), (3, 3, 0.97, -0.03)]
    return [
        Tile(
            f"off by {dx} {dy} {scale} {angle}",
            _picture(lift, _taken(lift, 0.0, slips=(Slip(dx, dy, scale, angle),) * 3)),
        )
        for dx, dy, scale, angle in given
    ]


def drawn() -> list[Row]:
    """Pictures as in the data sets: every factor drawn at random."""
    tiles = []
    for k in range(5 * COLUMNS):
        rng = np.random.default_rng(_SEED + 100 + k)
        lift = make_lift(_SEED + 100 + k, rng)
        conditions = sample_conditions(lift, rng, is_open=bool(k % 2))
        tiles.append(Tile("open" if conditions.is_open else "closed", _picture(lift, conditions, k % 3)))
    return _rows(tiles)


def sheets() -> Iterator[tuple[str, list[Row]]]:
    """Yield (name, rows) of every sheet."""
    yield "carriers", carriers()
    yield "bars", bars()
    yield "views", views()
    yield "people", people()
    for group in STEPS:
        yield group, steps(group)
    yield "drawn", drawn()
