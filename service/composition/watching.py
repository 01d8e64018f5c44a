"""Who watches cameras: processes of this machine, and nodes of a cluster where there is one."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from socket import gethostname

from service.clips.desk import ClipDesk
from service.cluster.cameras.fleet import CameraFleet
from service.cluster.cameras.remote import RemoteTools
from service.cluster.link import DriverLink
from service.domain.camera import CameraEvent, WatchedLift
from service.host.runner import Runners
from service.leases.book import LeaseBook
from service.leases.camera import HERE, LeasedCamera
from service.leases.successor import Watcher
from service.secrets.vault import Vault
from service.settings import Settings
from service.station.carried import Carried, LineMemory
from service.station.dialling import answer
from service.station.supervisor import CameraSupervisor
from service.station.worker import WorkerOptions
from service.store.database import Store
from service.store.kept.lines import learnt_file
from service.usecases.camera_urls import check_camera

DRIVER_PART = "service.cluster.cameras.driver:make"


class CameraMaker:
    """Makes what watches a camera, for `Cameras`.

    Args:
        settings: what to run. store, vault, runners: what is there already.
        clips: which clips are wanted.
        on_late: gets what a camera's owner reports after its time.
        link: to the cluster; None: there is none.
    """

    def __init__(
        self,
        settings: Settings,
        store: Store,
        vault: Vault,
        runners: Runners,
        clips: ClipDesk,
        on_late: Callable[[CameraEvent], object],
        link: DriverLink | None,
    ) -> None:
        self._settings, self._vault, self._runners, self._clips = settings, vault, runners, clips
        self.book, self._on_late = LeaseBook(store, gethostname()), on_late
        self.fleet = None if link is None else CameraFleet(self._tools, runners)
        """Places cameras over nodes."""
        self._link = link
        if link is not None and self.fleet is not None:
            link.add(self.fleet, DRIVER_PART)

    def __call__(self, watched: WatchedLift, on_event: Callable[[CameraEvent], None]) -> LeasedCamera:
        """Return what watches a camera, here to begin with; raises ConfigurationError: it is refused."""
        camera = LeasedCamera(watched, on_event, self.book, self._make, self._on_late)
        if self.fleet is not None:
            self.fleet.add(camera)
        return camera

    def _make(
        self, owner: str, watched: WatchedLift, on_event: Callable[[CameraEvent], None], carried: Carried
    ) -> Watcher:
        networks, with_clips = self._settings.networks_of_cameras(), self._with_clips(watched)
        self._clips.has_clips(watched.lift.id, with_clips)
        # Files that were allowed when they were stored are read on.
        check_camera(watched.lift, allow_files=True, networks=networks)
        if owner != HERE and self.fleet is not None:
            return self.fleet.make(owner, watched, on_event, carried)
        return CameraSupervisor(
            watched,
            on_event,
            options=self._options(watched),
            memory=self._memory(watched),
            runners=self._runners,
            find_credentials=self._vault.credentials,
            networks=networks,
            clips=self._clips if with_clips else None,
            carried=carried,
        )

    def _tools(self, watched: WatchedLift) -> RemoteTools:
        find_terms = partial(
            answer,
            find_credentials=self._vault.credentials,
            networks=self._settings.networks_of_cameras(),
        )
        return RemoteTools(
            self._send,
            find_terms,
            self._options(watched),
            self._clips if self._with_clips(watched) else None,
            LineMemory(self._memory(watched), watched),
        )

    def _send(self, message: object) -> None:
        if self._link is not None:
            self._link.send(CameraFleet.name, message, large=True)

    def _with_clips(self, watched: WatchedLift) -> bool:
        return self._settings.rules_of_clips(watched.lift.privacy).none is None

    def _options(self, watched: WatchedLift) -> WorkerOptions:
        settings = self._settings
        return WorkerOptions(
            hardware=settings.hwaccel, pictures=settings.pictures, clips=self._with_clips(watched)
        )

    def _memory(self, watched: WatchedLift) -> Path:
        return learnt_file(self._settings.data, watched.lift.id)
