"""A mail about alarms: what people read, the pictures, and the same for programs. Pure.

Every alarm is in it, however many there are; the most important come first in its subject.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime

from service.domain.alarm import Alarm, AlarmState
from service.domain.telling.alarms import kind_of, message_of
from service.outputs.base.output import Delivery, Making
from service.outputs.mail.settings import MailSettings
from service.words.catalogue import Words

LONGEST_SUBJECT = 120


def letter(
    making: Making[MailSettings],
    deliveries: Sequence[Delivery],
    pictures: Mapping[str, bytes],
    now: datetime,
) -> EmailMessage:
    """Return the mail about one or more alarms.

    Args:
        making: has sender, receivers and their language, and what links and JSON are made with.
        deliveries: in their order.
        pictures: JPEG by alarm.
        now: an aware time, of the mail.
    """
    words, around = making.words, making.surroundings
    names = {lift.id: lift.name for lift in around.lifts()}
    mail = _envelope(making, _subject(deliveries, names, words), now)
    first, last = deliveries[0], deliveries[-1]
    domain = making.settings.sender.rpartition("@")[2]
    mail["Message-ID"] = f"<{first.id}-{last.seq}@{domain}>"
    mail["X-Barwatch-Epoch"], mail["X-Barwatch-Seq"] = first.epoch, f"{first.seq}-{last.seq}"
    blocks = [_block(delivery.alarm, names, words, around.link(delivery.alarm)) for delivery in deliveries]
    mail.set_content("\n\n".join(blocks) + f"\n\n-- \n{around.page}\n")
    for delivery in deliveries:
        if (picture := pictures.get(delivery.alarm.id)) is not None:
            name = f"{delivery.alarm.passage_id}.jpg"
            mail.add_attachment(picture, maintype="image", subtype="jpeg", filename=name)
    told = [each.content(making.describe) for each in deliveries]
    content = json.dumps(told, indent=1, ensure_ascii=False).encode()
    mail.add_attachment(content, maintype="application", subtype="json", filename="alarms.json")
    mail["Content-Language"] = words.language
    return mail


def test_letter(making: Making[MailSettings], now: datetime) -> EmailMessage:
    """Return a mail that says that mails arrive."""
    texts = making.words["mail"]
    mail = _envelope(making, texts["testSubject"], now)
    mail.set_content(f"{texts['test']}\n\n-- \n{making.surroundings.page}\n")
    mail["Content-Language"] = making.words.language
    return mail


def _envelope(making: Making[MailSettings], subject: str, now: datetime) -> EmailMessage:
    settings, mail = making.settings, EmailMessage()
    mail["From"], mail["To"] = settings.sender, ", ".join(settings.to)
    mail["Subject"] = " ".join(subject.split())[:LONGEST_SUBJECT]
    mail["Date"] = format_datetime(now)
    mail["Auto-Submitted"] = "auto-generated"
    return mail


def _subject(deliveries: Sequence[Delivery], names: Mapping[str, str], words: Words) -> str:
    """Say how many of what, the most important first."""
    alarms = sorted((delivery.alarm for delivery in deliveries), key=lambda alarm: alarm.priority)
    counts = Counter(_heading(alarm, names, words) for alarm in alarms)
    several = words["mail"]["several"]
    return "Barwatch: " + ", ".join(
        heading if count == 1 else words.fill(several, {"count": count, "heading": heading})
        for heading, count in counts.items()
    )


def _heading(alarm: Alarm, names: Mapping[str, str], words: Words) -> str:
    whole = words.say("alarms.wholeService", {})
    told = {
        "kind": kind_of(alarm, words),
        "place": whole if alarm.lift_id is None else names.get(alarm.lift_id, alarm.lift_id),
        "state": words["alarmStates"][alarm.state],
    }
    return words.fill(words["mail"]["heading" if alarm.state is AlarmState.ACTIVE else "changed"], told)


def _block(alarm: Alarm, names: Mapping[str, str], words: Words, link: str) -> str:
    texts, severity = words["mail"], words["severities"][alarm.severity]
    first = {"seq": alarm.seq, "heading": _heading(alarm, names, words), "severity": severity}
    raised = words.fill(texts["raised"], {"time": words.moment(alarm.raised_at)})
    return "\n".join((words.fill(texts["first"], first), message_of(alarm, words), raised, link))
