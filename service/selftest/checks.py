"""What the findings of a self-test come to: pure functions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from lifts.decision.arming import DISTRUSTED, Arming, ArmingReason
from lifts.decision.verdict import Verdict
from service.domain.trials.selftest import (
    PassageSource,
    ProbedPassage,
    SelfTestCheck,
    SelfTestCode,
    SelfTestResult,
)

PASSED, INCOMPLETE, FAILED = SelfTestResult.PASSED, SelfTestResult.INCOMPLETE, SelfTestResult.FAILED

_ONLY_INCOMPLETE = frozenset({ArmingReason.NOT_CONFIRMED, ArmingReason.NO_MASKS})


def check_masks(found: Arming) -> SelfTestCheck:
    """Say whether the lift's masks are what they are called, as far as its own passages tell (arming)."""
    if found.reason is None:
        return SelfTestCheck("masks", PASSED, SelfTestCode.OK, "the lift is armed")
    reason = {"reason": found.reason.value}
    if found.reason in DISTRUSTED and found.reason not in _ONLY_INCOMPLETE:
        message = f"the lift's own passages speak against its masks ({found.reason.value})"
        return SelfTestCheck("masks", FAILED, SelfTestCode.MASKS_DOUBTED, message, reason)
    message = f"the lift is not armed ({found.reason.value})"
    return SelfTestCheck("masks", INCOMPLETE, SelfTestCode.NOT_ARMED, message, reason)


def check_state(state: Verdict, tested: Sequence[ProbedPassage]) -> SelfTestCheck:
    """Say whether every recorded passage of a state was judged so."""
    name, mine = state.value, [one for one in tested if one.expected is state]
    if not mine:
        code = SelfTestCode.NO_OPEN_PASSAGE if state is Verdict.OPEN else SelfTestCode.NO_CLOSED_PASSAGE
        message = f"no recorded passage is known to be {name}: review one, or enrol with a reference picture"
        return SelfTestCheck(name, INCOMPLETE, code, message)
    lost = [one for one in mine if one.verdict is None]
    if lost:
        message = f"{len(lost)} of {len(mine)} {name} passages never came out of the live path"
        return SelfTestCheck(
            name, FAILED, SelfTestCode.NOT_COMMITTED, message, {"lost": len(lost), "passages": len(mine)}
        )
    before = [one for one in mine if one.seen not in (None, state)]
    if before:
        now = before[0].seen
        message = f"{len(before)} of {len(mine)} {name} passages, as they were seen, are judged {now} today"
        numbers = _numbers(before, mine, str(now))
        return SelfTestCheck(name, FAILED, SelfTestCode.MISJUDGED, message, numbers)
    wrong = [one for one in mine if one.verdict is not state]
    doubtful = [one for one in wrong if one.hidden and one.seen is state]
    told = _told(len(mine) - len(wrong), len(doubtful), len(wrong) - len(doubtful))
    if told is FAILED:
        first = wrong[0]
        why = f" ({', '.join(first.reasons)})" if first.reasons else ""
        message = f"{len(wrong)} of {len(mine)} {name} passages were judged otherwise: {first.verdict}{why}"
        numbers = _numbers(wrong, mine, str(first.verdict))
        return SelfTestCheck(name, FAILED, SelfTestCode.MISJUDGED, message, numbers)
    if told is INCOMPLETE:
        return _people_hidden(name)
    reviewed = sum(one.source is not PassageSource.CLUSTERED for one in mine)
    message = f"{len(mine)} {name} passages were judged {name}, {reviewed} of them confirmed by a person"
    return SelfTestCheck(
        name, PASSED, SelfTestCode.OK, message, {"passages": len(mine), "confirmed": reviewed}
    )


def check_alarms(tested: Sequence[ProbedPassage], occupied: Mapping[str, bool | None]) -> SelfTestCheck:
    """Say whether those would have been alarms that must be, and no others.

    occupied: by passage, whether somebody is known to sit there.
    """
    committed = [one for one in tested if one.alarm is not None]
    closed = [one for one in committed if one.expected is Verdict.CLOSED]
    false = [one for one in closed if one.seen_alarm or (one.alarm and not _is_doubtful(one))]
    if false:
        message = f"{len(false)} closed passages would have been alarms"
        return SelfTestCheck("alarm", FAILED, SelfTestCode.FALSE_ALARM, message, {"alarms": len(false)})
    due = [one for one in tested if one.expected is Verdict.OPEN and occupied.get(one.id)]
    silent = [one for one in due if one.alarm is not True or one.seen_alarm is False]
    doubtful = [one for one in silent if one.hidden and one.seen_alarm]
    told = _told(len(due) - len(silent), len(doubtful), len(silent) - len(doubtful)) if due else PASSED
    if told is FAILED:
        message = f"{len(silent)} of {len(due)} open and occupied passages would have been no alarm"
        numbers = {"silent": len(silent), "passages": len(due)}
        return SelfTestCheck("alarm", FAILED, SelfTestCode.NO_ALARM, message, numbers)
    if told is INCOMPLETE:
        return _people_hidden("alarm")
    if any(one.alarm for one in committed if one.expected is Verdict.OPEN):
        return SelfTestCheck("alarm", PASSED, SelfTestCode.OK, "an open bar would have been an alarm")
    message = "no recorded passage is known to be open and occupied, so none had to be an alarm"
    return SelfTestCheck("alarm", INCOMPLETE, SelfTestCode.NO_OCCUPIED_PASSAGE, message)


def _told(right: int, doubtful: int, wrong: int) -> SelfTestResult:
    """Return what passages say together.

    doubtful: come out wrong, people are hidden in them, and what the network had made of them before comes
    out right. It may be the hiding, or a network that no longer sees: one alone tells nothing, more than come
    out right are a failure.
    """
    if wrong or doubtful > max(right, 1):
        return FAILED
    return PASSED if right else INCOMPLETE


def _is_doubtful(one: ProbedPassage) -> bool:
    return one.hidden and one.seen_alarm is False


def _people_hidden(name: str) -> SelfTestCheck:
    message = (
        "people are hidden in the only passage that could tell, and that may be why it comes out otherwise"
    )
    return SelfTestCheck(name, INCOMPLETE, SelfTestCode.PEOPLE_HIDDEN, message)


def _numbers(
    wrong: Sequence[ProbedPassage], mine: Sequence[ProbedPassage], verdict: str
) -> dict[str, float | str]:
    return {"wrong": len(wrong), "passages": len(mine), "verdict": verdict}


def check_feed(seq: int | None, published: bool, waited_s: float) -> SelfTestCheck:
    """Say whether what was committed was handed on. seq: of the entry in the outbox; None: there is none."""
    if seq is None:
        message = "nothing was an alarm, so nothing had to be published"
        return SelfTestCheck("feed", INCOMPLETE, SelfTestCode.NO_OCCUPIED_PASSAGE, message)
    if published:
        return SelfTestCheck("feed", PASSED, SelfTestCode.OK, f"entry {seq} was published", {"seq": seq})
    message = f"entry {seq} was committed and not published within {waited_s:.0f} s"
    return SelfTestCheck("feed", FAILED, SelfTestCode.NOT_PUBLISHED, message, {"seq": seq})


def check_outputs(found: Mapping[str, str | None]) -> SelfTestCheck:
    """Say which outputs do not work. found: by name, why not; None for those that do."""
    dead = {name: why for name, why in found.items() if why is not None}
    if dead:
        message = "; ".join(f"output {name}: {why}" for name, why in sorted(dead.items()))
        numbers: dict[str, float | str] = {"failed": ", ".join(sorted(dead)), "outputs": len(found)}
        return SelfTestCheck("outputs", FAILED, SelfTestCode.OUTPUT_FAILED, message, numbers)
    if not found:
        return SelfTestCheck("outputs", PASSED, SelfTestCode.NO_OUTPUT, "no output is switched on")
    answered = f"{len(found)} outputs answered" if len(found) > 1 else f"output {next(iter(found))} answered"
    return SelfTestCheck("outputs", PASSED, SelfTestCode.OK, answered, {"outputs": len(found)})
