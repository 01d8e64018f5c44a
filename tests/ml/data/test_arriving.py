"""Lifts that arrive while others read: whole, in a mixed order, the oldest gone, a failure costing one."""

from dataclasses import dataclass
from pathlib import Path

import pytest

from ml.data.arriving import ArrivingLifts, arrived, mixed
from ml.data.episodes import Episodes
from ml.data.rendered import LiftRecipe, RenderedLift, load


@dataclass(frozen=True)
class Copies:
    """Every lift is a copy of one file's; a seed in `broken` cannot be rendered."""

    source: Path
    broken: tuple[int, ...] = ()

    def path(self, folder: Path, seed: int) -> Path:
        return folder / f"copy-{seed:02d}.npz"

    def render(self, seed: int) -> RenderedLift:
        if seed in self.broken:
            raise ArithmeticError(f"seed {seed}")
        return load(self.source)


def _jobs(recipe: LiftRecipe, count: int) -> list[tuple[LiftRecipe, int]]:
    return [(recipe, seed) for seed in range(count)]


def test_episodes_draw_from_what_is_there(lift_files: list[Path], tmp_path: Path) -> None:
    """Of one lift at first; a second one is drawn from once it has come, without a new reader."""
    recipe = Copies(lift_files[0])
    with ArrivingLifts(tmp_path / "come", _jobs(recipe, 1), workers=1) as lifts:
        lifts.wait_for(1)
    episodes = Episodes(tmp_path / "come", lifts=2, passages=2, seed=0)
    cache: dict[Path, RenderedLift] = {}
    assert len(episodes.episode(0, cache).images) == 12
    assert len(cache) == 1
    with ArrivingLifts(tmp_path / "come", _jobs(recipe, 2), workers=1) as more:
        more.wait_for(2)
    assert more.rendered == 1, "what was there already is not rendered again"
    episodes.episode(1, cache)
    assert len(cache) == 2


def test_a_file_that_goes_between_listing_and_reading_is_passed_over(
    lift_files: list[Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Listed once, gone when read: drawn again from a new list. Of a fixed list it is an error."""
    lists = [[tmp_path / "gone.npz"], lift_files]
    monkeypatch.setattr("ml.data.episodes.arrived", lambda _: lists.pop(0))
    assert len(Episodes(tmp_path, lifts=1, passages=2, seed=0).episode(0, {}).images) == 6
    assert not lists
    with pytest.raises(FileNotFoundError):
        Episodes([tmp_path / "gone.npz"], lifts=1, passages=2, seed=0).episode(0, {})


def test_the_oldest_go_and_what_is_half_written_is_not_read(lift_files: list[Path], tmp_path: Path) -> None:
    """Room for two and a half of four files: the last two are left."""
    (tmp_path / "half.npz.1.part").write_bytes(b"...")
    room = int(2.5 * lift_files[0].stat().st_size)
    with ArrivingLifts(tmp_path, _jobs(Copies(lift_files[0]), 4), workers=1, kept_bytes=room) as lifts:
        lifts.wait_for(4)
    assert [path.name for path in arrived(tmp_path)] == ["copy-02.npz", "copy-03.npz"]
    assert lifts.rendered == 4


def test_what_has_arrived_is_not_counted_twice(lift_files: list[Path], tmp_path: Path) -> None:
    """Two are waited for, then four: the first two are not taken for the others."""
    with ArrivingLifts(tmp_path, _jobs(Copies(lift_files[0]), 4), workers=1) as lifts:
        lifts.wait_for(2)
        lifts.wait_for(4)
        assert len(arrived(tmp_path)) == 4


def test_a_lift_that_cannot_be_rendered_costs_itself(lift_files: list[Path], tmp_path: Path) -> None:
    """The others come; its reason is kept. Where none comes, waiting says why."""
    with ArrivingLifts(tmp_path / "a", _jobs(Copies(lift_files[0], (0, 2)), 4), workers=1) as lifts:
        lifts.wait_for(3)
    assert [path.name for path in arrived(tmp_path / "a")] == ["copy-01.npz", "copy-03.npz"]
    assert sorted(lifts.failures) == ["ArithmeticError: seed 0", "ArithmeticError: seed 2"]
    jobs = _jobs(Copies(lift_files[0], (0, 1)), 2)
    with ArrivingLifts(tmp_path / "b", jobs, workers=1) as none, pytest.raises(ArithmeticError):
        none.wait_for(2)


def test_any_beginning_has_its_share_of_each() -> None:
    """Two and four: one of the first to two of the second, all the way."""
    assert [which for which, _ in mixed(range(2), range(10, 14))] == [1, 0, 1, 1, 0, 1]
    assert [seed for _, seed in mixed(range(2), range(10, 14))] == [10, 0, 11, 12, 1, 13]
