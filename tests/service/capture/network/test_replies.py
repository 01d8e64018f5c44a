"""What an RTSP camera answers reaches FFmpeg whole, and never leads it elsewhere."""

import pytest

from service.capture.network.replies import RepliesRefusedError, RtspReplies

OK = b"RTSP/1.0 200 OK\r\nCSeq: 2\r\nContent-Type: application/sdp\r\nContent-Length: 5\r\n\r\nv=0\r\n"
SETUP = b"RTSP/1.0 200 OK\r\nCSeq: 3\r\nTransport: RTP/AVP;unicast;client_port=5000-5001"
INTERLEAVED = b"$\x00\x00\x03abc"


def test_answers_are_passed_on_however_they_arrive() -> None:
    """Byte by byte as well; pictures between them stay as they are, and nothing is lost."""
    sent = OK + INTERLEAVED + b"RTSP/1.0 401 Unauthorized\nWWW-Authenticate: Basic\n\n"
    wanted = OK.replace(b"CSeq: 2\r\nContent-Type", b"CSeq: 2\r\nContent-Type")
    wanted += INTERLEAVED + b"RTSP/1.0 401 Unauthorized\r\nWWW-Authenticate: Basic\r\n\r\n"
    for step in (1, 7, len(sent)):
        replies = RtspReplies("10.0.0.7")
        passed = b"".join(replies.take(sent[at : at + step]) for at in range(0, len(sent), step))
        assert passed == wanted
        assert replies.rest() == b""


@pytest.mark.fault(36)
@pytest.mark.parametrize(
    "start",
    [
        *(b"RTSP/1.0 302 Found", b"RTSP/1.0  \t302 Found", b"  RTSP/2.0 301", b"RTSP/1.0 3\r02 Found"),
        *(b"R\rTSP/1.0 302 x", b"\r\n\r\nRTSP/1.0 399 x"),
    ],
)
def test_a_redirect_is_not_passed_on(start: bytes) -> None:
    """In whatever way FFmpeg would still read it as one; where it leads is told."""
    with pytest.raises(RepliesRefusedError) as refused:
        RtspReplies("10.0.0.7").take(start + b"\r\nCSeq: 1\r\nLOCATION:  rtsp://10.0.0.8/x \r\n\r\n")
    assert refused.value.location == "rtsp://10.0.0.8/x"


@pytest.mark.fault(36)
@pytest.mark.parametrize(
    "answer",
    [
        *(b"RTSP/1.0 +302 Found\r\n\r\n", b"RTSP/1.0 0302 Found\r\n\r\n", b"RTSP/1.0\r\n\r\n"),
        *(b"RTSP/1.0 200 OK\r\nContent-Length: -1\r\n\r\n", b"x" * 1_000_001),
    ],
)
def test_what_can_be_read_in_two_ways_is_refused(answer: bytes) -> None:
    """No status, no length, no end."""
    with pytest.raises(RepliesRefusedError) as refused:
        RtspReplies("10.0.0.7").take(answer)
    assert refused.value.location is None


@pytest.mark.fault(36)
def test_reports_about_pictures_by_udp_go_to_the_camera_alone() -> None:
    """Not to the source that it names; over TCP they go the way the pictures come."""
    for named in (
        b"",
        b";source=169.254.169.254",
        b";SOURCE = 10.0.0.9;destination=10.0.0.9",
        b",x;source=1.1.1.1",
    ):
        passed = RtspReplies("10.0.0.7").take(SETUP + named + b";server_port=7000-7001\r\n\r\n")
        transport = next(line for line in passed.split(b"\r\n") if line.startswith(b"Transport"))
        assert transport.count(b"source") == 1
        assert transport.endswith(b";source=10.0.0.7")
        assert b"destination" not in transport
    passed = RtspReplies("10.0.0.7").take(
        b"RTSP/1.0 200 OK\r\nTransport: RTP/AVP/TCP;interleaved=0-1\r\n\r\n"
    )
    assert passed == b"RTSP/1.0 200 OK\r\nTransport: RTP/AVP/TCP;interleaved=0-1\r\n\r\n"
