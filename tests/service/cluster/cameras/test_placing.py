"""Placing cameras over nodes: none is overfull, nothing moves without need, and no room stays unused."""

from hypothesis import given, settings
from hypothesis import strategies as st

from service.cluster.cameras.placing import FULL, estimated_share, place

NAMES = st.sampled_from("abcdef")
CAMERAS = st.dictionaries(st.integers(1, 30).map(lambda n: f"lift-{n}"), st.floats(0.01, 1.5), max_size=20)
NODES = st.dictionaries(NAMES, st.integers(1, 8).map(float), max_size=6)

SLACK = 1e-9


def taken(placed: dict[str, str], cameras: dict[str, float], node: str) -> float:
    return sum(cameras[camera] for camera, on in placed.items() if on == node)


@settings(max_examples=40)
@given(cameras=CAMERAS, nodes=NODES, data=st.data())
def test_no_node_takes_more_than_it_may_and_no_room_is_left_unused(
    cameras: dict[str, float], nodes: dict[str, float], data: st.DataObject
) -> None:
    """Wherever cameras were before; who has no place would fit on no node."""
    present = {camera: data.draw(NAMES) for camera in cameras if data.draw(st.booleans())}
    placed = place(cameras, nodes, present)
    assert set(placed) <= set(cameras)
    assert set(placed.values()) <= set(nodes)
    room = {node: FULL * nodes[node] - taken(placed, cameras, node) for node in nodes}
    assert all(left >= -SLACK for left in room.values())
    for camera in cameras.keys() - placed.keys():
        assert all(cameras[camera] > left - SLACK for left in room.values())


@settings(max_examples=40)
@given(cameras=CAMERAS, nodes=NODES, gone=NAMES, come=NAMES)
def test_who_need_not_move_stays(
    cameras: dict[str, float], nodes: dict[str, float], gone: str, come: str
) -> None:
    """A node goes: only its cameras move. One comes: nobody moves; whoever had no place may get one."""
    first = place(cameras, nodes, {})
    assert place(cameras, nodes, first) == first
    left = {node: processors for node, processors in nodes.items() if node != gone}
    second = place(cameras, left, first)
    assert {c: n for c, n in second.items() if first.get(c) not in {None, gone}} == {
        c: n for c, n in first.items() if n != gone
    }
    third = place(cameras, {come: 4.0, **left}, second)
    assert {camera: third[camera] for camera in second} == second


def test_what_a_camera_costs_goes_by_its_pixels_and_its_rate() -> None:
    """Twice the pictures, twice the share; a camera of Full HD takes 2.25 times one of 720p."""
    assert estimated_share(1280, 720, 50.0) == 2 * estimated_share(1280, 720)
    assert estimated_share(1920, 1080) == 2.25 * estimated_share(1280, 720)
