"""A lift that is watched, and what tries candidates on it."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from lifts.decision.verdict import Verdict
from service.domain.trials.candidate import Candidate, CandidateKind, CandidateSpec, ReplayState
from service.host.runner import Runners
from service.inference.engine import WorkerEngine
from service.inference.enrolment import enrol
from service.inference.inline import InlineEngine
from service.inference.protocol import Engine
from service.store import masks, passages
from service.store.database import Store
from service.store.records import Review
from service.store.trials import replays
from service.trials.live import CandidateShadow
from service.trials.models import CandidateEngines, ModelShelf
from service.trials.promoting import Promoter
from service.trials.replaying import Replays
from service.trials.summary import TrialSummary
from service.trials.whole import Trials
from tests.service.tiny_model import CLOSE, OPEN
from tests.service.verdicts.test_pipeline import House


class TrialHouse(House):
    """The pipeline's house with trials; their threads run, the replays' does not: `step` it."""

    def __init__(
        self,
        store: Store,
        engine: Engine,
        folder: Path,
        inline: InlineEngine,
        make: Callable[[Path], WorkerEngine] = WorkerEngine,
    ) -> None:
        super().__init__(store, engine, folder, inline)
        self.inline, self.folder = inline, folder
        shelf = ModelShelf(folder)
        engines = CandidateEngines(shelf, make)
        shadow = CandidateShadow(store, engines.find)
        masks_of = self.pipeline.active_masks
        self.replaying = Replays(store, self.pictures, engine, masks_of, engines.find)
        promoter = Promoter(
            store,
            self.pipeline,
            self.pipeline.reload_masks,
            engine,
            shelf,
            lambda: folder / "shipped" / "tiny.json",
            make,
            folder,
            fixed=False,
        )
        runners = Runners()
        self.trials = Trials(
            store, engine, masks_of, shelf, engines, shadow, self.replaying, promoter, runners
        )
        self.pipeline.follow(shadow.judged)
        shadow.reload()
        shadow.runner.start()

    def stop(self) -> None:
        self.pipeline.stop()
        self.trials.stop()

    def enrol_candidate(self, *, swapped: bool = True) -> int:
        """Enrol another pair of masks and go back to the first; return its version."""
        drawn = (CLOSE, OPEN) if swapped else (OPEN, CLOSE)
        version = enrol("lift", *drawn, {}, self.inline)
        stored = self.store.write(lambda s: masks.add(s, version)).result()
        self.store.write(lambda s: masks.activate(s, "lift", 1)).result()
        self.pipeline.reload_masks("lift")
        return stored.version

    def propose(self, *, shadow: bool = True, swapped: bool = True) -> Candidate:
        spec = CandidateSpec(version=self.enrol_candidate(swapped=swapped))
        return self.trials.propose("lift", CandidateKind.MASKS, spec, "me", shadow=shadow)

    def watch(self, count: int, *, first: int = 0) -> None:
        """Let carriers pass, open and closed in turn, and wait until their pictures are written."""
        for number in range(first, first + count):
            self.send(f"p{number}", [OPEN if number % 2 else CLOSE] * 3)
        for number in range(first, first + count):
            record = self.record(f"p{number}")
            until_mono_s = time.monotonic() + 120
            while not all((self.pictures.folder / (each.file or "")).is_file() for each in record.pictures):
                assert time.monotonic() < until_mono_s
                time.sleep(0.01)

    def review(self, passage_id: str, verdict: Verdict) -> None:
        label = Review(verdict, True, "op", datetime.now(UTC), "")
        self.store.write(partial(passages.review, passage_id=passage_id, label=label)).result()

    def compared(self, candidate: Candidate, count: int) -> TrialSummary:
        """Wait until so many passages were compared live."""
        until_mono_s = time.monotonic() + 120
        while (found := self.trials.summary("lift", candidate.number, 0)).compared < count:
            assert time.monotonic() < until_mono_s, found
            time.sleep(0.01)
        return found

    def replay(self, candidate: Candidate) -> int:
        """Replay everything that is stored; return the replay's number."""
        number = self.trials.replay("lift", candidate.number, None, None, "me").number
        while self.replaying.step():
            pass
        with self.store.reading() as session:
            assert replays.get(session, "lift", number).state is ReplayState.DONE
        return number
