"""The setting of the language that the service speaks where nobody has said another."""

from __future__ import annotations

from pydantic import Field
from pydantic_settings import BaseSettings

from service.words.catalogue import ENGLISH, Language


class LanguageVariables(BaseSettings):
    """BARWATCH_LANGUAGE."""

    language: Language = Field(
        default=ENGLISH,
        description="What e-mails, notifications and other systems read alarms in: en, fr, de or it; an "
        "output, a browser or a request may say another.",
    )
