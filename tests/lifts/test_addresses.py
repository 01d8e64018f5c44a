"""Camera addresses: no password in clear slips past, and no message repeats one."""

import re
from urllib.parse import quote, urlsplit

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from pydantic import ValidationError

from lifts.addresses import check_address, host_address, parse_address, redact
from lifts.errors import LiftError
from lifts.folder import parse_lift
from lifts.schema import Camera

PASSWORDS = st.text(min_size=1, max_size=12).map(lambda text: f"Canary{text}")
SHAPES = (
    "rtsp://admin:{}@cam.example/live",
    "RTSP://admin:{}@cam.example:554/live?x=1",
    "rtsps://:{}@10.0.0.7:322/",
    "http://{}@cam.example/video",
    "https://admin:{}@[2001:db8::1]/video",
    "rtsp://${{LIFT_USER}}:{}@cam.example/live",
    "rtsp:/admin:{}@cam.example/live",
    "http:///admin:{}@cam.example/live",
    "http:admin:{}@cam.example/live",
    " rtsp://admin:{}@cam.example/live",
    "admin:{}@cam.example/live",
    "//admin:{}@cam.example/live",
    "rtmp://admin:{}@cam.example/live",
)
IN_QUERY = (
    "http://cam.example/video?password={}",
    "http://cam.example/video?fps=5&user=${{U}}&PWD={}",
    "http://cam.example/cgi?p%61ssword={}",
    "http://cam.example/cgi-bin/snapshot.cgi?u=${{U}}&p={}",
    "http://cam.example/image.jpg?P={}&U=${{U}}",
    "http://cam.example/image.jpg?u={}&p=${{P}}",
    "http://cam.example/image.jpg?user=${{U}}&p={}",
    "http://cam.example/cgi-bin/video?uid=${{U}}&p={}",
    "http://cam.example/image/cam1?user=${{U}}&pw={}",
    "http://cam.example/video?pwd={}",
    "http://cam.example/video?passwd={}",
    "http://cam.example/cgi-bin/CGIProxy.fcgi?cmd=snapPicture2&usr=${{U}}&pwd={}",
    "http://cam.example/snapshot.cgi?loginuse=${{U}}&loginpas={}",
    "http://cam.example/cgi-bin/api.cgi?cmd=Snap&channel=0&rs=a1&user=${{U}}&password={}",
    "rtsp://cam.example/Streaming/Channels/101?auth={}",
    "rtsp://cam.example/cam/realmonitor?channel=1&subtype=0&authbasic={}",
    "https://cam.example/webapi/entry.cgi?api=Stream&_sid={}",
    "https://cam.example/video?session={}",
    "rtsp://cam.example/user=admin_password={}_channel=1_stream=0.sdp",
    "rtsp://cam.example/user=${{U}}_password={}_channel=1_stream=0.sdp",
)


def refusal(url: str) -> str:
    with pytest.raises(ValueError, match=r".") as caught:
        check_address(url)
    with pytest.raises(ValidationError) as by_schema:
        Camera(url=url, width=640, height=360)
    return f"{caught.value}\n{by_schema.value}"


@pytest.mark.thorough
@given(PASSWORDS, st.sampled_from(SHAPES))
@example("Canary/1", SHAPES[0])
@example("Canary#1", SHAPES[0])
@example("Canary?1", SHAPES[0])
@example("Canary@1", SHAPES[0])
@example("Canary:1/", SHAPES[0])
@example("Canary\\1", SHAPES[3])
@example("Canary%2F 1", SHAPES[4])
@example("Canary\n", SHAPES[10])
@example("Canary\uff20\uff0f\u00e9", SHAPES[0])
def test_a_password_in_clear_is_refused_whatever_its_characters(password: str, shape: str) -> None:
    """In every place where programs look for one, as it is and percent-encoded; no message repeats it."""
    for written in (password, quote(password, safe="")):
        message = refusal(shape.format(written))
        assert "Canary" not in message
        assert "${" in message  # what to write instead


@given(st.from_regex(r"[A-Za-z0-9!$'()*,.~%^-]{1,9}", fullmatch=True), st.sampled_from(IN_QUERY))
def test_so_is_one_in_the_query_or_in_the_path(password: str, shape: str) -> None:
    """By the names that cameras give it; XMeye's stand in the path."""
    assert "Canary" not in refusal(shape.format(f"Canary{password}"))


@pytest.mark.parametrize(
    "url",
    [
        "rtsp://cam.example/stream",
        "rtsps://${USER}:${PASSWORD}@10.0.0.7:8554/live",
        "rtsp://${USER}:${PASSWORD}@[2001:db8::7]:8554/live?channel=1&subtype=0",
        "rtsp://:${PASSWORD}@cam/live",
        "rtsp://${HOST}:554/live",
        "http://cam_7.local./mjpg/video.cgi?resolution=640x480&fps=5",
        "https://cam.example/live?token=${TOKEN}&x=1",
        "http://cam.example/video?p=1",
        "http://cam.example/video?u=2&channel=1",
        "http://cam.example/video?u=${U}&p=${P}",
        "http://cam.example/video?pan=1&ppw=2&p=main",
        "rtsp://cam.example/axis-media/media.amp?videocodec=h264&resolution=640x480",
        "rtsp://cam.example/cam/realmonitor?channel=1&subtype=0",
        "rtsp://cam.example/h264Preview_01_main",
        "http://cam.example/control/faststream.jpg?stream=full&fps=12",
        "rtsp://cam.example/live.sdp?profile=1&ps=3",
        "rtsp://cam/user=${U}_password=${P}_channel=1_stream=0.sdp?real_stream",
        "rtsp://cam/Streaming/Channels/101%40main",
        "/videos/monday 12:30@top.mp4",
        "./a:b@c.mp4",
        "recordings/a 12:30.mp4",
        "/dev/video0",
        "v4l2:/dev/video0",
    ],
)
def test_what_holds_no_secret_is_taken(url: str) -> None:
    """Placeholders, the usual paths of cameras, files, devices."""
    check_address(url)
    assert Camera(url=url, width=640, height=360).url == url


@pytest.mark.parametrize(
    "url",
    [
        "rtsp://cam:port/live",
        "rtsp://cam:0/live",
        "rtsp://cam:99999/live",
        "rtsp://cam:/live",
        "rtsp://cam:\uff15\uff15\uff14/live",
        "rtsp:///live",
        "rtsp://",
        "rtsp://cam/live#1",
        "rtsp://cam/a b",
        "rtsp://cam/a\tb",
        "rtsp://cam\\@other/live",
        "rtsp://c%61m/live",
        "rtsp://cám/live",
        "rtsp://[::1/live",
        "rtsp://[v1.x]/live",
        "rtsp://1.2.3.4.5/live",
        "rtsp://256.1.1.1/live",
        "http:/cam/live",
        "rtsp://cam/live@1",
        "rtsp://${BARWATCH_ADMIN_TOKEN}@cam/live",
        "rtsp://cam/\ue000",
    ],
)
def test_what_programs_read_differently_is_refused(url: str) -> None:
    """FFmpeg and a browser would dial another host, or one of them none; nor is a token of ours sent away."""
    refusal(url)


@given(
    st.sampled_from(["rtsp", "RTSPS", "http", "https"]),
    st.from_regex(r"[a-z][a-z0-9-]{0,8}(\.[a-z]{2,5})?", fullmatch=True),
    st.none() | st.integers(1, 65535),
    st.from_regex(r"(/[A-Za-z0-9._-]{0,6}){0,3}(\?[a-c]=[0-9]{1,3})?", fullmatch=True),
)
def test_what_is_taken_is_read_as_others_read_it(scheme: str, host: str, port: int | None, rest: str) -> None:
    """Scheme, host, port and the rest."""
    url = f"{scheme}://${{U}}:${{P}}@{host}{'' if port is None else f':{port}'}{rest}"
    found, other = parse_address(url), urlsplit(url.replace("${U}:${P}@", ""))
    assert found is not None
    assert (found.scheme, found.host, found.port) == (other.scheme, other.hostname, other.port or found.port)
    assert found.rest == rest


def test_an_ip_address_is_known_in_any_spelling() -> None:
    """Decimal, octal, hexadecimal, shortened; what ends in a number and is none is refused."""
    spellings = ("127.0.0.1", "2130706433", "0x7f000001", "0177.0.0.1", "127.1", "127.0.0.1.")
    assert {str(host_address(each)) for each in spellings} == {"127.0.0.1"}
    assert host_address("cam1.example") is None
    for wrong in ("1.2.3.4.5", "256.0.0.1", "cam.9"):
        with pytest.raises(ValueError, match="not an IP address"):
            host_address(wrong)


@given(st.from_regex(r"[^\r\n\x0b\x0c\x1c-\x1e\x85\u2028\u2029]{0,12}", fullmatch=True))
def test_redaction_leaves_no_secret(text: str) -> None:
    """Nothing of the credentials is left of a line, the host is."""
    message = redact(f"could not open rtsp://user:Canary{text}@cam:554/live: 401")
    assert "Canary" not in message
    assert re.search(r"rtsp://\*\*\*@cam:554/live", message)


@pytest.mark.parametrize(
    "text",
    [
        "could not open rtsp://canary@cam/live: 401",
        "admin:canary@cam does not answer",
        "http://cam/video?user=canary&fps=5",
        "http://cam/video?fps=5&api_token=canary",
        "http://cam/video?u=canary&p=canary",
        "http://cam/video?pw=canary",
        "rtsp://cam/user=admin_password=canary_channel=1",
        "http://cam/x\nhttp://user:canary@cam/y",
    ],
)
def test_redaction_knows_the_usual_places(text: str) -> None:
    """Before the @, with or without a scheme; in the query; in the path; on any line."""
    assert "canary" not in redact(text)
    assert "cam" in redact(text)


@pytest.mark.parametrize(
    "text",
    [
        "could not open rtsp://user:canary\ncanary@cam/live: 401",
        "rtsp://a@cam/1 rtsp://user:canary\n    canary@cam/live",
        "│ rtsp://user:canary │\n│ canary@cam │",
        "admin:canary\n  canary@cam does not answer",
        "http://cam/video?password=canary\n  canary&fps=5",
        "open?url=rtsp%3A%2F%2Fuser%3Acanary%40cam%2Flive",
        "open?url=rtsp%253a%252f%252fuser%253acanary%2520canary%252540cam",
        "rtsp:%2F%2Fuser:can%0Acanary%40cam",
        "http://cam/video?p%61ssword=canary",
        "http://cam/video?password%3Dcanary%0Acanary&fps=5",
    ],
)
def test_redaction_reads_over_lines_and_encodings(text: str) -> None:
    """A word that was wrapped, or percent-encoded anyhow, is the same secret."""
    assert "canary" not in redact(text)
    assert "cam" in redact(text)


@pytest.mark.parametrize(
    "text",
    [
        "frame 7 of 100 % at http://cam/live",
        "Traceback:\n  File 'a.py', line 7\n    @contextmanager\nOSError: 100%25 of http://cam/a%20b is gone",
        "pictures: 3\nname@example.org",
        pytest.param("a" * 100_000, id="long"),  # in no time: a quadratic reading of it takes minutes
        pytest.param("@ " + "a:" * 50_000, id="colons"),
    ],
)
def test_redaction_leaves_other_text_alone(text: str) -> None:
    """Lines, percent signs and encodings that hide nothing stay as they are."""
    assert redact(text) == text


@pytest.mark.parametrize(
    "line",
    [
        'url = "rtsp://admin:canary@cam/live"',
        'url = ["rtsp://admin:canary@cam/live"]',
        'ulr = "rtsp://admin:canary@cam/live"',
        'password = "canary"',
        'transport = "canary"',
        '"rtsp://admin:canary@cam/live" = 1',
    ],
)
def test_a_wrong_lift_toml_is_not_quoted(line: str) -> None:
    """The message names file and key, and shows no text that may be a secret."""
    with pytest.raises(LiftError, match=r"lift\.toml: camera") as caught:
        parse_lift(f'id = "a"\nname = "A"\n[camera]\nwidth = 640\nheight = 360\n{line}\n', "lift.toml")
    assert "canary" not in str(caught.value)
