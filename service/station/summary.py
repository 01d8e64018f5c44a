"""The summary of a recording: what was read, what was found, and what to do about the rest."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from lifts.decision.reasons import Reason
from lifts.decision.verdict import Judgement, Verdict
from service.capture.account import Account, Stretch
from service.capture.pictures.picture import same_shape
from service.domain.reason_texts import TEXTS, counted

LEAST_RATE = 5.0
"""Pictures a second with which all carriers were still found (docs/operations.md)."""

GOOD_RATE = 12.5
"""Pictures a second above which more bring no benefit."""

PLACE_ADVICE = (
    "it is not certain where on the track carriers are: several places fit nearly as well. Give reference "
    "pictures of an open and of a closed carrier that lie where the masks are drawn"
)

CameraSize = tuple[int, int]

_NAMED = 5  # stretches that are listed individually
_UNREAD = 0.02  # share of a file after its last picture that is mentioned


@dataclass
class Carriers:
    """Counts of carriers: all that were found, and the unknown ones by their first reason."""

    found: int = 0
    unknown: Counter[Reason] = field(default_factory=Counter)

    def add(self, judgement: Judgement) -> None:
        """Count one."""
        self.found += 1
        if judgement.verdict is Verdict.UNKNOWN:
            self.unknown[judgement.reasons[0] if judgement.reasons else Reason.UNSPECIFIED] += 1

    @property
    def judged(self) -> int:
        """Carriers that are open or closed."""
        return self.found - self.unknown.total()


def reading_lines(account: Account) -> list[str]:
    """Return what was read of a recording and what was not, in sentences; the first says how much."""
    of = " (the file does not state its length)"
    if account.promised_s is not None:
        of = f" of {account.promised_s:.1f} s"
    pictures = f"{counted(account.pictures, 'picture')}, {account.rate:.3g} a second, {_sizes(account)}"
    lines = [f"read {account.read_s:.1f} s{of}: {pictures}"]
    if account.counted_fps is not None:
        lines.append(
            f"no time stamps in the file: times are counted at "
            f"{counted(account.counted_fps, 'picture')} a second; --fps gives another rate"
        )
    if account.gaps:
        lines.append(f"no pictures (the recorder paused, or had not begun): {_stretches(account.gaps)}")
    if account.joins_s:
        begins = ", ".join(f"{t_s:.1f} s" for t_s in account.joins_s[:_NAMED])
        more = len(account.joins_s) - _NAMED
        lines.append(
            f"clips joined after the first begin at {begins}" + (f" and {more} more" if more > 0 else "")
        )
    if account.damaged:
        lines.append(f"damaged, not readable: {_stretches(account.damaged)}")
    early_s = account.early_from_s
    if early_s is not None:
        by = f", up to {account.missing_s:.1f} s," if account.missing_s else ""
        lines.append(
            f"times after {early_s:.1f} s are uncertain and may be too early{by} by what was lost there: the "
            "file numbers its pictures and does not tell their times"
        )
    elif account.missing_s:
        lines.append(
            f"the last {account.missing_s:.1f} s are missing: the file promises {account.promised_s:.1f} s "
            f"and breaks off at {account.end_s:.1f} s"
        )
    if account.unread > _UNREAD:
        lines.append(
            f"reading ended at {account.end_s:.1f} s, before the last {100 * account.unread:.0f} % of the "
            "file's bytes: what follows there is damaged, or is no video that belongs to it"
        )
    return lines


def reading_advice(account: Account, camera: CameraSize | None = None) -> list[str]:
    """Return what to do about what is wrong with a recording; nothing if all is well.

    camera: (width, height) of the lift's camera, for which its track was made.
    """
    advice = []
    if not account.whole:
        advice.append(
            "part of the recording could not be read: copy it again from the recorder, or export it again"
        )
    if 0.0 < account.rate < 0.95 * LEAST_RATE:
        advice.append(
            f"{counted(account.rate, 'picture', '.3g')} a second: too few to follow a line, which takes at "
            f"least {LEAST_RATE:g}, better {GOOD_RATE:g}. Set the recorder's frame rate higher"
        )
    sizes = [(width, height) for _, width, height in account.sizes]
    expected = camera or (sizes[0] if sizes else (1, 1))
    others = [size for size in dict.fromkeys(sizes) if not same_shape(size, expected)]
    if account.interlaced:
        advice.append(
            "the pictures are interlaced, made of two half-pictures of different moments: only every second "
            "row is used. Set the camera or the recorder to progressive pictures (1080p, not 1080i)"
        )
    if others:
        named, made_for = (", ".join(f"{w}x{h}" for w, h in group) for group in (others, [expected]))
        advice.append(
            f"pictures of {named} have another shape than the {made_for} that the track is made for: whether "
            "they are cropped or squeezed is unknown, so none is judged. Record in the camera's own "
            "shape, or calibrate the lift with such a recording"
        )
    elif len(set(sizes)) > 1:
        advice.append("the picture's size changes: set the camera to one size, day and night")
    return advice


def carrier_lines(carriers: Carriers) -> list[str]:
    """Return what was found, in sentences."""
    reasons = carriers.unknown.most_common()
    unknown = ", ".join(f"{count} because {TEXTS[reason]}" for reason, count in reasons)
    return [
        f"carriers: {carriers.found} found, {carriers.judged} judged"
        + (f", {carriers.unknown.total()} unknown: {unknown}" if unknown else "")
    ]


def as_json(
    account: Account, carriers: Carriers, advice: Sequence[str], place_certain: bool | None
) -> dict[str, Any]:
    """Return all of it for machines; times in seconds from the start of the file."""
    return {
        "seconds_read": round(account.read_s, 3),
        "seconds_promised": None if account.promised_s is None else round(account.promised_s, 3),
        "seconds_missing": round(account.missing_s, 3),
        "complete": account.whole,
        "frames": account.pictures,
        "frames_per_s": round(account.rate, 3),
        "counted_fps": account.counted_fps,
        "interlaced": account.interlaced,
        "sizes": [
            {"from": round(t_s, 3), "width": width, "height": height} for t_s, width, height in account.sizes
        ],
        "gaps": _rounded(account.gaps),
        "damaged": _rounded(account.damaged),
        "times_uncertain_from": None if account.early_from_s is None else round(account.early_from_s, 3),
        "joined": [round(t_s, 3) for t_s in account.joins_s],
        "carriers": carriers.found,
        "judged": carriers.judged,
        "unknown": {reason.value: count for reason, count in carriers.unknown.most_common()},
        "place_certain": place_certain,
        "advice": list(advice),
    }


def _sizes(account: Account) -> str:
    display = account.display
    first, *others = account.sizes[:_NAMED] or [(0.0, 0, 0)]
    sizes = f"{first[1]}x{first[2]}"
    sizes += "".join(f", {width}x{height} from {t_s:.1f} s" for t_s, width, height in others)
    how = ["rotated as the file says"] if display.turned else []
    how += ["with square pixels"] if display.aspect != 1 else []
    return sizes + (f" ({' and '.join(how)})" if how else "")


def _stretches(stretches: Sequence[Stretch]) -> str:
    named = ", ".join(f"{from_s:.1f} to {to_s:.1f} s" for from_s, to_s in stretches[:_NAMED])
    rest = stretches[_NAMED:]
    if not rest:
        return named
    return f"{named} and {len(rest)} more, {sum(b - a for a, b in rest):.1f} s together"


def _rounded(stretches: Sequence[Stretch]) -> list[list[float]]:
    return [[round(from_s, 3), round(to_s, 3)] for from_s, to_s in stretches]
