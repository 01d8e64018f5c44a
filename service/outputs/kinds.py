"""Every kind of output, a line each."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from service.domain.errors import NotFoundError
from service.industry.peers.output import MODBUS, OPCUA
from service.outputs.base.output import OutputKind, OutputSettings
from service.outputs.base.problems import OutputError, OutputProblem
from service.outputs.mail.mail import MAIL
from service.outputs.mqtt.mqtt import MQTT
from service.outputs.push.push import WEB_PUSH
from service.outputs.webhook.webhook import WEBHOOK

KINDS: Mapping[str, OutputKind[Any]] = {
    "email": MAIL,
    "mqtt": MQTT,
    "web_push": WEB_PUSH,
    "webhook": WEBHOOK,
    "modbus": MODBUS,
    "opcua": OPCUA,
}


def kind_of(name: str) -> OutputKind[Any]:
    """Return a kind; raises NotFoundError."""
    try:
        return KINDS[name]
    except KeyError:
        raise NotFoundError(f"no kind of output {name!r}", "no_such_kind", name=name) from None


def stored_settings(kind: OutputKind[Any], stored: Mapping[str, Any]) -> OutputSettings:
    """Return the settings of a stored output; raises OutputError: an earlier version's, not valid now."""
    try:
        settings: OutputSettings = kind.settings.model_validate(dict(stored))
    except ValidationError as error:
        where = ".".join(str(part) for part in error.errors()[0]["loc"])
        raise OutputError(OutputProblem.MISCONFIGURED, where=where) from None
    return settings
