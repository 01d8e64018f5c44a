"""Makes what people ask of the service itself: backups, the audit's check, how much is stored."""

from __future__ import annotations

from service.administration.backups import BackupDesk
from service.administration.checking import AuditCheck
from service.administration.measuring import FolderMeasure
from service.api.runtime import Runtime
from service.host.parts import Parts
from service.host.runner import Runners


def add_administration(runtime: Runtime, parts: Parts, runners: Runners) -> None:
    """Add its parts; each waits until somebody asks. runners: own their threads."""
    settings = runtime.settings
    desk = BackupDesk(
        settings.data, settings.backup_plan(), runtime.store, runtime.pipeline.on_event, runners
    )
    parts.add("backups can be asked for", desk)
    parts.add(
        "the audit's check can be asked for",
        AuditCheck(settings.data, runtime.store, runners, settings.evidence_address()),
    )
    parts.add("folders can be counted", FolderMeasure(settings.data, settings.backup_folder(), runners))
