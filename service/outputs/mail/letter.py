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
from service.outputs.base.output import Delivery, Surroundings
from service.outputs.mail.settings import MailSettings

LONGEST_SUBJECT = 120


def letter(
    settings: MailSettings,
    deliveries: Sequence[Delivery],
    around: Surroundings,
    pictures: Mapping[str, bytes],
    now: datetime,
) -> EmailMessage:
    """Return the mail about one or more alarms.

    Args:
        settings: sender and receivers.
        deliveries: in their order.
        around: what links and JSON are made with.
        pictures: JPEG by alarm.
        now: an aware time, of the mail.
    """
    names = {lift.id: lift.name for lift in around.lifts()}
    mail = _envelope(settings, _subject(deliveries, names), now)
    first, last = deliveries[0], deliveries[-1]
    domain = settings.sender.rpartition("@")[2]
    mail["Message-ID"] = f"<{first.id}-{last.seq}@{domain}>"
    mail["X-Barwatch-Epoch"], mail["X-Barwatch-Seq"] = first.epoch, f"{first.seq}-{last.seq}"
    blocks = [_said(delivery.alarm, names, around) for delivery in deliveries]
    mail.set_content("\n\n".join(blocks) + f"\n\n-- \n{around.page}\n")
    for delivery in deliveries:
        if (picture := pictures.get(delivery.alarm.id)) is not None:
            name = f"{delivery.alarm.passage_id}.jpg"
            mail.add_attachment(picture, maintype="image", subtype="jpeg", filename=name)
    told = [each.content(around.describe) for each in deliveries]
    content = json.dumps(told, indent=1).encode()
    mail.add_attachment(content, maintype="application", subtype="json", filename="alarms.json")
    return mail


def test_letter(settings: MailSettings, page: str, now: datetime) -> EmailMessage:
    """Return a mail that says that mails arrive."""
    mail = _envelope(settings, "Barwatch: test", now)
    mail.set_content(f"This is a test. Alarms will come the same way.\n\n-- \n{page}\n")
    return mail


def _envelope(settings: MailSettings, subject: str, now: datetime) -> EmailMessage:
    mail = EmailMessage()
    mail["From"], mail["To"] = settings.sender, ", ".join(settings.to)
    mail["Subject"] = " ".join(subject.split())[:LONGEST_SUBJECT]
    mail["Date"] = format_datetime(now)
    mail["Auto-Submitted"] = "auto-generated"
    return mail


def _subject(deliveries: Sequence[Delivery], names: Mapping[str, str]) -> str:
    """Say how many of what: "2 bar open (Demo quad), camera lost (Demo quad)"."""
    alarms = sorted((delivery.alarm for delivery in deliveries), key=lambda alarm: alarm.priority)
    counts = Counter(_heading(alarm, names) for alarm in alarms)
    return "Barwatch: " + ", ".join(
        heading if count == 1 else f"{count} {heading}" for heading, count in counts.items()
    )


def _heading(alarm: Alarm, names: Mapping[str, str]) -> str:
    place = "whole service" if alarm.lift_id is None else names.get(alarm.lift_id, alarm.lift_id)
    state = "" if alarm.state is AlarmState.ACTIVE else f" {alarm.state.value.replace('_', ' ')}"
    return f"{alarm.kind.value.replace('_', ' ')}{state} ({place})"


def _said(alarm: Alarm, names: Mapping[str, str], around: Surroundings) -> str:
    return "\n".join(
        (
            f"{alarm.seq}: {_heading(alarm, names)}, {alarm.severity.value}",
            alarm.message,
            f"raised {alarm.raised_at.astimezone():%Y-%m-%d %H:%M:%S %z}",
            around.link(alarm),
        )
    )
