"""The last packets of a camera: bounded in time and memory, and cut where a picture can begin."""

from pathlib import Path

import av
import pytest

from service.capture.packets.remux import remux
from service.capture.packets.ring import MOST_BYTES, MOST_S, NEEDED_S, PacketRing
from service.domain.evidence.clip import NoClip
from tests.service.capture.packets.counted import counts_of, write_counted

FPS = 10


def fill(ring: PacketRing, path: Path, *, from_s: float = 0.0, media_s: float = 0.0) -> float:
    """Let the ring have a whole video as one connection; returns the media time of its end."""
    with av.open(str(path)) as file:
        stream = file.streams.video[0]
        ring.begin(stream)
        last_s = 0.0
        for packet in file.demux(stream):
            if packet.dts is None or packet.pts is None or packet.time_base is None:
                continue
            ring.put(packet, from_s + float(packet.dts * packet.time_base))
            last_s = max(last_s, float(packet.pts * packet.time_base))
        start_s = float((stream.start_time or 0) * (stream.time_base or 1))
        ring.place(last_s, media_s + last_s - start_s, from_s + last_s)
    return media_s + last_s - start_s


def cut(ring: PacketRing, folder: Path, from_s: float, to_s: float) -> list[tuple[float, int]]:
    """Return times and numbers of the pictures of a cut, as a player sees them."""
    packets = ring.cut(from_s, to_s, (from_s + to_s) / 2)
    assert not isinstance(packets, NoClip), packets
    (folder / "cut.mp4").write_bytes(remux(packets).tobytes())
    return counts_of(folder / "cut.mp4")


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("a.ts", {}),
        ("a.mp4", {"b_frames": 2}),
        ("a.mkv", {"b_frames": 3, "gop": 40}),
        ("a.mp4", {"codec": "libx265"}),
    ],
)
def test_a_cut_begins_at_its_key_frame_and_ends_at_its_end(
    tmp_path: Path, name: str, options: dict[str, int | str]
) -> None:
    """Every picture between the two is there, once, in order, at its own time; with B pictures too."""
    ring = PacketRing()
    fill(ring, write_counted(tmp_path / name, 16.0, **options))  # type: ignore[arg-type]
    shown = cut(ring, tmp_path, 9.3, 14.0)
    numbers = [number for _, number in shown]
    gop = int(options.get("gop", 20))
    assert numbers[0] == 93 // gop * gop
    assert 140 <= numbers[-1] <= 143  # a picture that comes early in decoding order may be shown later
    assert numbers == list(range(numbers[0], numbers[-1] + 1))
    assert [at_s for at_s, _ in shown] == pytest.approx([n / FPS for n in range(len(shown))], abs=0.002)


def test_the_index_stands_in_front(tmp_path: Path) -> None:
    """A browser begins to play before it has all of the file."""
    ring = PacketRing()
    fill(ring, write_counted(tmp_path / "a.mp4", 4.0))
    packets = ring.cut(0.0, 3.0, 1.0)
    assert not isinstance(packets, NoClip)
    content = remux(packets).tobytes()
    assert content[4:8] == b"ftyp"
    assert 0 < content.find(b"moov") < content.find(b"mdat")


def test_a_ring_holds_what_is_needed_and_the_group_before(tmp_path: Path) -> None:
    """With key frames every 2 s it holds as long as a clip may take, and one group more."""
    ring = PacketRing()
    fill(ring, write_counted(tmp_path / "a.mp4", 60.0))
    assert NEEDED_S <= ring.seconds <= NEEDED_S + 2 * 2.0
    assert ring.bytes == sum(len(each.content) for each in ring._packets)


@pytest.mark.parametrize("gop_s", [12, 25])
def test_rare_key_frames_do_not_let_a_ring_grow(tmp_path: Path, gop_s: int) -> None:
    """At no moment more than MOST_S is held; a clip then begins later, at the next key frame."""
    ring, seconds = PacketRing(), []
    with av.open(str(write_counted(tmp_path / "a.mp4", 70.0, fps=5, gop=gop_s * 5))) as file:
        stream = file.streams.video[0]
        ring.begin(stream)
        for packet in file.demux(stream):
            if packet.dts is not None and packet.time_base is not None:
                ring.put(packet, float(packet.dts * packet.time_base))
                seconds.append(ring.seconds)
    assert max(seconds) <= MOST_S
    ring.place(69.8, 69.8, 69.8)
    found = ring.cut(69.8 - 12.0, 69.8, 65.8)
    assert not isinstance(found, NoClip)
    begins_s = found[0].t_s or 0.0
    assert begins_s == (48.0 if gop_s == 12 else 50.0)


def test_a_single_endless_group_is_given_up(tmp_path: Path) -> None:
    """A camera that sends no further key frame: its packets are worth nothing, and none are kept for good."""
    ring = PacketRing()
    fill(ring, write_counted(tmp_path / "a.mp4", 40.0, fps=5, gop=4000))
    assert ring.bytes == 0
    assert ring.cut(20.0, 39.0, 30.0) is NoClip.NO_PICTURES


def test_bytes_are_bounded_whatever_the_bit_rate(tmp_path: Path) -> None:
    """The oldest group goes first; the newest pictures are still there."""
    ring = PacketRing(most_bytes=6_000)
    fill(ring, write_counted(tmp_path / "a.mp4", 14.0, gop=10))
    assert 0 < ring.bytes <= 6_000 < MOST_BYTES
    assert cut(ring, tmp_path, 0.0, 14.0)[-1][1] == 139


def test_what_no_browser_plays_is_not_held(tmp_path: Path) -> None:
    """MJPEG in an MP4 file plays nowhere: the reason is said, and it costs no memory."""
    ring = PacketRing()
    fill(ring, write_counted(tmp_path / "a.mkv", 2.0, codec="mjpeg"))
    assert (ring.bytes, ring.cut(0.0, 2.0, 1.0)) == (0, NoClip.CODEC)


def test_a_reconnected_camera_goes_on_in_the_same_clip(tmp_path: Path) -> None:
    """The gap stays a gap; what was sent before and after it is there."""
    ring, video = PacketRing(), write_counted(tmp_path / "a.mp4", 4.0)
    fill(ring, video)
    fill(ring, video, from_s=6.0, media_s=6.0)
    shown = cut(ring, tmp_path, 0.0, 10.0)
    assert [number for _, number in shown] == [*range(40), *range(40)]
    assert shown[40][0] - shown[39][0] == pytest.approx(2.1, abs=0.01)


def test_another_format_is_another_clip(tmp_path: Path) -> None:
    """A camera that comes back with another size: what is cut is of the moment's format alone."""
    ring = PacketRing()
    fill(ring, write_counted(tmp_path / "a.mp4", 4.0))
    fill(ring, write_counted(tmp_path / "b.mp4", 4.0, codec="libx265"), from_s=6.0, media_s=6.0)
    packets = ring.cut(0.0, 10.0, 9.0)
    assert not isinstance(packets, NoClip)
    assert {each.link.codec for each in packets} == {"hevc"}


def test_a_camera_that_sets_its_clock_keeps_its_pictures_in_order(tmp_path: Path) -> None:
    """Stamps that leap by an hour are the same stream, at the media time that its reader says."""
    ring, path = PacketRing(), write_counted(tmp_path / "a.mp4", 4.0)
    with av.open(str(path)) as file:
        stream = file.streams.video[0]
        ring.begin(stream)
        for packet in file.demux(stream):
            if packet.dts is None or packet.pts is None or packet.time_base is None:
                continue
            t_s = float(packet.pts * packet.time_base)
            leap_s = 3600 if t_s >= 2.0 else 0
            packet.pts += round(leap_s / packet.time_base)
            packet.dts += round(leap_s / packet.time_base)
            ring.put(packet, t_s)
            ring.place(t_s + leap_s, t_s, t_s)
    shown = cut(ring, tmp_path, 0.0, 4.0)
    assert [number for _, number in shown] == list(range(40))
    assert shown[-1][0] == pytest.approx(3.9, abs=0.01)
