"""E-mail to a real server: no alarm is left out, a flood is a few mails, pictures come along."""

from __future__ import annotations

import ssl
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from lifts.schema import Lift
from service.domain.errors import ConfigurationError
from service.outputs.base.problems import OutputProblem
from tests.service.outputs.conftest import OutputHouse, outages, outlast, until
from tests.service.outputs.mail.sink import MailSink, attached

JPEG = b"\xff\xd8 a picture \xff\xd9"


@pytest.fixture
def sink() -> Iterator[MailSink]:
    sink = MailSink()
    yield sink
    sink.go_away()


def settings(sink: MailSink, **other: Any) -> dict[str, Any]:
    plain = {"host": "127.0.0.1", "port": sink.port, "security": "none", "every_s": 0}
    return {**plain, "sender": "barwatch@hut.example", "to": ["anna@hut.example"], **other}


@outages
def test_every_alarm_arrives_as_committed(
    outputs_house: OutputHouse, sink: MailSink, outage_s: float
) -> None:
    """Through an outage of the server and a restart of the service: in order, none lost, none doubled."""
    outputs_house.add("email", settings(sink))
    outlast(outputs_house, sink, outage_s)


def test_a_flood_is_one_mail(make_outputs: Callable[..., OutputHouse], sink: MailSink) -> None:
    """The first alarm is mailed at once; what comes soon after comes together, all of it."""
    names = [Lift(id="l", name="North\nBcc: evil@hut.example")]
    house = make_outputs(lifts=lambda: names, picture=lambda _: JPEG, page="https://barwatch.example")
    house.add("email", settings(sink, every_s=0.6))
    house.raise_alarms(1)
    until(lambda: len(sink.mails) == 1)
    house.raise_alarms(40)
    until(lambda: len(sink.got()) == 41)
    assert sink.got() == house.committed()
    assert len(sink.mails) < 8  # two, but on a machine that commits forty for longer than every_s
    links = 0
    for mail in sink.mails:
        assert "Bar open (North Bcc: evil@hut.example)" in mail["Subject"]
        assert mail["Bcc"] is None
        body = mail.get_body()
        assert body is not None
        links += body.get_content().count("https://barwatch.example/#/alarms/")
        assert attached(mail, "image/jpeg") == []  # these alarms have no evidence
    assert links == 41


def test_a_picture_comes_along(make_outputs: Callable[..., OutputHouse], sink: MailSink) -> None:
    """The last picture of an open bar, also if it is written a moment after its alarm."""
    pictures = [None, None, JPEG]
    house = make_outputs(picture=lambda _: pictures.pop(0))
    house.add("email", settings(sink))
    house.raise_alarms(1, evidence=("/passages/p/pictures/3.jpg",))
    until(lambda: sink.mails)
    assert attached(sink.mails[0], "image/jpeg") == [JPEG]


def test_only_what_is_raised_where_that_is_asked(outputs_house: OutputHouse, sink: MailSink) -> None:
    """Acknowledging is no mail then; the output is up to date all the same."""
    outputs_house.add("email", settings(sink, only_raised=True))
    outputs_house.raise_alarms(1)
    until(lambda: len(sink.mails) == 1)
    outputs_house.acknowledge_all()
    outputs_house.raise_alarms(1)
    until(lambda: len(sink.mails) == 2)
    assert [seq for seq, _ in sink.got()] == [1, 3]


def test_encryption_and_password_count(outputs_house: OutputHouse, certificate: tuple[Path, Path]) -> None:
    """STARTTLS with a server of one's own authority; each way to fail is told apart."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*certificate)
    sink = MailSink(tls=context, refuses={"nobody@hut.example"})
    try:
        authority = {"certificate_authority": certificate[0].read_text()}
        right = settings(sink, host="localhost", security="starttls", user="hut", **authority)
        problems = []
        for given, password in (
            (right, "secret"),
            (right, "wrong"),
            ({**right, "host": "127.0.0.1"}, "secret"),
            ({**right, "certificate_authority": None}, "secret"),
            ({**right, "to": ["anna@hut.example", "nobody@hut.example"]}, "secret"),
            ({**right, "to": ["nobody@hut.example"]}, "secret"),
        ):
            outputs_house.add("email", given, {"password": password})
            problem = outputs_house.outputs.test("o")
            problems.append(problem and problem.problem)
            outputs_house.outputs.delete("o")
        assert problems == [
            None,
            OutputProblem.WRONG_PASSWORD,
            OutputProblem.TLS_FAILED,
            OutputProblem.TLS_FAILED,
            OutputProblem.REJECTED,
            OutputProblem.REJECTED,
        ]
    finally:
        sink.go_away()


def test_no_password_goes_in_clear(outputs_house: OutputHouse, sink: MailSink) -> None:
    """It is refused where nothing is encrypted, and without a user."""
    for given in (settings(sink, user="hut"), settings(sink, security="tls")):
        with pytest.raises(ConfigurationError, match="misconfigured"):
            outputs_house.add("email", given, {"password": "secret"})
