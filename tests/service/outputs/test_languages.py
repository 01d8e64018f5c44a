"""What leaves the service in each language: people's words change, what programs read does not."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any, cast
from zoneinfo import ZoneInfo

import pytest
from asyncua import ua

from lifts.schema import Lift
from service.domain.alarm import Alarm, AlarmChange
from service.industry.opcua.conditions import Conditions
from service.industry.peers.output import OpcUaSettings
from service.outputs.base.output import Delivery, Making, OutputSettings, Surroundings
from service.outputs.mail import letter as letters
from service.outputs.mail.settings import MailSettings
from service.outputs.mqtt.settings import MqttSettings
from service.outputs.mqtt.states import discovery
from service.outputs.webhook.settings import WebhookSettings
from service.words.catalogue import LANGUAGES, Language
from tests.service.domain.telling.every import AT, RECORD, every
from tests.service.domain.telling.test_alarms import ENGLISH, QUOTED
from tests.service.outputs.conftest import described
from tests.service.outputs.mail.sink import attached

OTHERS = [language for language in LANGUAGES if language != "en"]
NAME = "Télécabine 3"
ADDRESS = re.compile(r"https?://\S+")


def making(settings: OutputSettings, language: Language = "en") -> Making[Any]:
    lifts = [Lift(id="l", name=NAME)]
    around = Surroundings(
        "epoch-1",
        describe=described,
        lifts=lambda: lifts,
        language=language,
        zone=ZoneInfo("Europe/Paris"),
    )
    return Making("o", "control room", settings, {}, around)


def mail_settings(**other: Any) -> MailSettings:
    return MailSettings(host="mail.example", sender="a@b.example", to=["c@d.example"], **other)


def no_english(text: str) -> None:
    text = QUOTED.sub("", ADDRESS.sub("", text.replace(NAME, "").replace("Barwatch", "")))
    assert [line for line in text.splitlines() if ENGLISH.search(line)] == []


def without_messages(told: Any) -> Any:
    """The same for programs: all but the sentence."""
    alarm = {name: value for name, value in told["alarm"].items() if name != "message"}
    return {**told, "alarm": alarm}


@pytest.mark.parametrize("language", OTHERS)
def test_a_mail_has_no_english_and_its_attachment_the_same_codes(language: Language) -> None:
    """All kinds in one mail: subject and text in the language, codes as ever in what is for programs."""
    deliveries = [Delivery("epoch-1", alarm.seq, alarm) for alarm in every()]
    mails = [
        letters.letter(making(mail_settings(), tongue), deliveries, {}, AT) for tongue in ("en", language)
    ]
    for alarm_deliveries in (deliveries[:3], deliveries[20:]):
        subject = letters.letter(making(mail_settings(language=language)), alarm_deliveries, {}, AT)[
            "Subject"
        ]
        no_english(str(subject))
    body = mails[1].get_body()
    assert body is not None
    text = body.get_content().partition("\n-- \n")[0]
    no_english(text)
    assert text.count(NAME) == len([one for one in every() if one.lift_id])
    assert mails[1]["Content-Language"] == language
    english, told = (json.loads(attached(mail, "application/json")[0]) for mail in mails)
    assert [*map(without_messages, told)] == [*map(without_messages, english)]
    for one in told:
        no_english(one["alarm"]["message"])
    test = letters.test_letter(making(mail_settings(), language), AT)
    no_english(str(test["Subject"]) + test.get_content().partition("\n-- \n")[0])


@pytest.mark.parametrize("language", OTHERS)
def test_json_for_programs_differs_in_the_message_alone(language: Language) -> None:
    """Of a webhook and of MQTT alike; an output's own language goes before the service's."""
    for settings in (
        WebhookSettings(url="https://hut.example/alarms", language=language),
        MqttSettings(host="broker.example", language=language),
    ):
        for alarm in every():
            delivery = Delivery("epoch-1", alarm.seq, alarm)
            told = delivery.content(making(settings, "en").describe)
            assert without_messages(told) == without_messages(delivery.content(described))
            no_english(told["alarm"]["message"])


@pytest.mark.parametrize("language", OTHERS)
def test_home_assistant_reads_names_in_the_language_under_the_same_ids(language: Language) -> None:
    """Topics, ids, payloads and classes stay; names, model and unit are people's."""
    settings = MqttSettings(host="broker.example")
    lifts = [Lift(id="l", name=NAME)]
    english, told = (
        discovery("ha", "barwatch", "o", lifts, making(settings, tongue).words) for tongue in ("en", language)
    )
    assert told.keys() == english.keys()
    people = {"name", "unit_of_measurement", "device"}
    for topic in told:
        ours, theirs = json.loads(told[topic]), json.loads(english[topic])
        assert {**ours, **dict.fromkeys(people)} == {**theirs, **dict.fromkeys(people)}
        said = [ours["name"], ours.get("unit_of_measurement", ""), ours["device"].get("model", "")]
        no_english("\n".join(said))
        assert (ours["name"] != theirs["name"]) is ("blind" not in topic or language != "de")


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_opc_ua_event_is_localised_text_beside_the_same_codes(language: Language) -> None:
    """Message and names of states carry their locale; ids, severities and our own fields are codes."""
    settings = OpcUaSettings(anonymous=True, language=language)

    def fields(tongue: Language, alarm: Alarm) -> Mapping[str, Any]:
        words = making(settings.model_copy(update={"language": tongue})).words
        conditions = Conditions(cast(Any, SimpleNamespace()), 2, "epoch-1", words)
        change = AlarmChange(alarm.seq, AT, "raise", "system", "", alarm)
        event = conditions.event(change, ua.NodeId(1, 2), "l")
        assert event is not None
        found: Mapping[str, Any] = vars(event)
        return found

    for alarm in every():
        english, told = fields("en", alarm), fields(language, alarm)
        assert told.keys() == english.keys()
        for name, value in told.items():
            if isinstance(value, ua.LocalizedText) and name != "Comment":
                assert value.Locale == language
                assert value.Text != RECORD or language == "en"
                if language != "en":
                    no_english(str(value.Text))
            elif name not in {"Comment", "ReceiveTime"}:
                assert value == english[name], name


def test_the_services_language_counts_where_an_output_has_none() -> None:
    """And the output's own goes before it."""
    assert making(mail_settings(), "fr").words.language == "fr"
    assert making(mail_settings(language="it"), "fr").words.language == "it"
