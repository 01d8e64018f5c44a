"""Makes what tries candidates beside what judges."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from service.api.runtime import Runtime
from service.host.runner import Runners
from service.inference.engine import WorkerEngine
from service.inference.running.switching import RunningEngine, SwitchingEngine
from service.settings import Settings
from service.site.renewing import BudgetRenewals
from service.trials.live import CandidateShadow
from service.trials.models import CandidateEngines, ModelShelf, gentle_worker
from service.trials.promoting import Promoter
from service.trials.replaying import Replays
from service.trials.whole import Trials


def make_renewals(runtime: Runtime) -> BudgetRenewals:
    """Return what finds budgets again; not started."""
    return BudgetRenewals(
        runtime.store,
        lambda: runtime.engine.manifest,
        runtime.pipeline.active_masks,
        runtime.pipeline.reload_masks,
        runtime.clock.now,
        runtime.runners,
    )


def make_trials(runtime: Runtime) -> Trials:
    """Return the trials of every lift; not started."""
    settings, store, pipeline = runtime.settings, runtime.store, runtime.pipeline
    shelf = ModelShelf(settings.data, settings.model_key())
    engines = CandidateEngines(shelf, partial(_candidate, settings))
    shadow = CandidateShadow(store, engines.find)
    replaying = Replays(store, runtime.pictures, runtime.engine, pipeline.active_masks, engines.find)
    promoter = Promoter(
        store,
        pipeline,
        runtime.masks_changed,
        runtime.engine,
        shelf,
        settings.shipped_path,
        partial(_judging, runtime),
        settings.data,
        fixed=settings.model is not None,
    )
    pipeline.follow(shadow.judged)
    return Trials(
        store,
        runtime.engine,
        pipeline.active_masks,
        shelf,
        engines,
        shadow,
        replaying,
        promoter,
        runtime.runners,
    )


def _candidate(settings: Settings, path: Path) -> WorkerEngine:
    """Return an engine of a candidate, whose trouble is nobody else's: this machine's, whatever judges."""
    return WorkerEngine(
        path,
        device=settings.device,
        threads=1,
        precision=settings.precision,
        public_key=settings.model_key(),
        main=gentle_worker,
        runners=Runners(),
    )


def _judging(runtime: Runtime, path: Path) -> RunningEngine:
    """Return an engine that is to judge."""
    engine = runtime.engine
    if not isinstance(engine, SwitchingEngine):
        raise TypeError("an engine that cannot switch takes no other")
    return engine.another(path)
