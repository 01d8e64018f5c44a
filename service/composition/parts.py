"""The parts beside the core, a line each. Each is off, or does nothing, until somebody sets it up."""

from __future__ import annotations

from service.api.elsewhere import AlarmsElsewhere, ShutOutElsewhere
from service.composition.administration import add_administration
from service.composition.clips import make_clips
from service.composition.core import Core
from service.composition.industry import make_controls, make_inputs, make_marks, make_plant, make_sight
from service.composition.outputs import make_book, make_outputs
from service.composition.reports import make_watch_log
from service.composition.testing import make_reviews, make_self_tests
from service.composition.trying import make_renewals, make_trials
from service.escalation.escalator import Escalator
from service.host.parts import Begins
from service.replicas.following import LeaderWatch


def add_parts(core: Core) -> None:
    """Make every part and hand it to the runtime, where the API finds it by its class."""
    runtime, parts, tell = core.runtime, core.runtime.parts, core.pipeline.on_event
    marks = make_marks(runtime)
    parts.add("what is out of service is being looked up", marks)
    sight = make_sight(core, marks)
    parts.add("the watch log is being continued", make_watch_log(core, sight))
    plant = make_plant(runtime, sight)
    book = make_book(runtime)
    parts.add("browsers that alarms are pushed to are being looked up", book, Begins.LEADING)
    parts.add("the outputs are being started", make_outputs(runtime, tell, plant, book), Begins.LEADING)
    shut_out = ShutOutElsewhere(runtime.store, runtime.gate.changed, runtime.runners)
    parts.add("access is being followed", shut_out, Begins.EVERYWHERE)
    elsewhere = AlarmsElsewhere(runtime.store, runtime.hub, runtime.role, runtime.runners)
    parts.add("other processes are being listened to", elsewhere, Begins.EVERYWHERE)
    leader = LeaderWatch(runtime.store, runtime.hub, runtime.role, runtime.runners)
    runtime.gate.redeem_elsewhere = leader.ticket
    parts.add("the leader is being asked", leader, Begins.EVERYWHERE)
    if core.lines is not None:
        parts.add("what was learnt of lines is being shared", core.lines, Begins.EVERYWHERE)
    parts.add("the lifts' controls are being told", make_controls(runtime, sight))
    escalator = Escalator(runtime.store, runtime.clock.now, runners=runtime.runners)
    parts.add("alarms that nobody acknowledges are being looked up", escalator, Begins.LEADING)
    parts.add("the lifts' controls are being listened to", make_inputs(core, plant))
    parts.add("the self-tests are being looked up", make_self_tests(runtime))
    parts.add("the lifts' budgets are being looked up", make_renewals(runtime))
    parts.add("the candidates are being looked up", make_trials(runtime))
    parts.add("the reviews are being looked up", make_reviews(runtime))
    parts.add("clips are being looked up", make_clips(core))
    add_administration(runtime, parts, runtime.runners)
