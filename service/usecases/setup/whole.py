"""Setting lifts up, put together: the jobs, and the search for masks."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from service.domain.camera import ANY_NETWORK, CameraNetworks
from service.host.runner import Runner, Runners
from service.inference.protocol import Engine
from service.station.dialling import FindCredentials
from service.store.database import Store
from service.store.pictures import Pictures
from service.usecases.setup.board import SetupBoard
from service.usecases.setup.drawing import MaskSearches
from service.usecases.setup.former import FormerMasks
from service.usecases.setup.kept import KeptSetups
from service.usecases.setup.likeness import CarrierGroups

PURGE_EVERY_S = 600.0


@dataclass(frozen=True, slots=True, eq=False)
class Setups:
    """What the API needs to set lifts up."""

    board: SetupBoard
    searches: MaskSearches
    keeper: Runner
    """Deletes recordings that are older than may be, while the service runs."""

    @classmethod
    def make(
        cls,
        data_dir: Path,
        store: Store,
        engine: Engine,
        find_credentials: FindCredentials,
        runners: Runners | None = None,
        networks: CameraNetworks = ANY_NETWORK,
        pictures: Pictures | None = None,
    ) -> Setups:
        """Put the parts together; nothing is started."""
        kept = KeptSetups(data_dir, store)
        board = SetupBoard(
            kept, find_credentials, networks=networks, runners=runners, on_done=CarrierGroups(engine)
        )
        former = FormerMasks(store, pictures or Pictures(data_dir), kept)
        keeper = Runner("set-up recordings", kept.purge, every_s=PURGE_EVERY_S)
        return cls(board, MaskSearches(kept, engine, former, runners), (runners or Runners()).add(keeper))

    def start(self) -> None:
        """Note what an earlier run left unfinished, and start the threads. Raises StoreError."""
        self.board.start()
        self.searches.runner.start()
        self.keeper.start()

    def stop(self) -> None:
        """End threads and processes."""
        self.keeper.stop()
        self.searches.runner.stop()
        self.board.stop()

    def forget(self, lift_id: str) -> None:
        """End and delete all of a lift's set-up. Raises StoreError."""
        self.searches.forget(lift_id)
        self.board.forget(lift_id)
