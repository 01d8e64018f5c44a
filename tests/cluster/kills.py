"""Kills each part of a cluster again and again, and counts what was lost.

python -m tests.cluster.kills --lifts 8 --kills 10 --out FILE
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import asdict
from datetime import datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

import httpx
import numpy as np

from service.bench.about import about
from tests.cluster.accounting import Account, Seen, Strike, account, by_kind, phase_s
from tests.cluster.frames import FrameGaps
from tests.cluster.machines import Machines, machines
from tests.cluster.site import EVERY_S, LOOK_S, Site, site, until
from tests.tools.resuming_feed import ResumingFeed

QUIET_S = 6.0 * EVERY_S
"""Undisturbed, before the first kill and after the last."""

BETWEEN_S = EVERY_S
"""Undisturbed, between two kills, once everything is well again; its carriers count for the first."""

DOWN_S = 3.0
"""How long a database stays away."""

PATIENCE_S = 180.0
SETTLE_S = 10.0
"""How long a loss may go unnoticed before a lift that brings frames is believed."""

WRONG = ("never", "twice", "out_of_order", "missing_in_the_database", "alarms_of_one_passage_twice")
"""What the alarms' feed must have none of."""

FRESH_S = 3.0
"""A lift's counters come once a second."""

Row = dict[str, Any]


class Kills:
    """Kills parts of a site that is up, and notes how long the site was without."""

    def __init__(self, of: Site, feed: ResumingFeed) -> None:
        self._site, self._feed = of, feed
        self.took_s: dict[str, list[float]] = defaultdict(list)
        self.strikes: list[Strike] = []
        self._without_s: dict[str, float] | None = None  # of the kill under way
        self._kinds: dict[str, Callable[[], float]] = {
            "worker": self._worker,
            "head": self._head,
            "database": self._database,
            "replica": self._replica,
            "leader": self._leader,
        }

    def round(self) -> None:
        """Kill one part of each kind; everything is well before, and after each."""
        for kind, kill in self._kinds.items():
            self._without_s, began_s = None, time.time()
            self.took_s[kind].append(kill())
            self.well()
            time.sleep(BETWEEN_S)  # what left just before all was well is still this kill's
            self.strikes.append(Strike(kind, began_s, time.time(), self._without_s))
            print(f"{kind}: {self.took_s[kind][-1]:.2f} s", flush=True)  # noqa: T201

    def learnt(self) -> None:
        """Wait until every lift has judged two carriers."""
        until(
            lambda: all(sum(each.judged for each in of_lift) >= 2 for of_lift in seen(self._site).values()),
            "every line is learnt",
        )

    def well(self) -> None:
        """Wait until all is well: both services answer, every lift is watched, all nodes are there."""
        until(self._both_answer, "both services")
        until(self._watched, "every lift is watched")
        until(self._site.whole, "the cluster is whole")

    def _worker(self) -> float:
        worker = self._site.workers[len(self.took_s["worker"]) % len(self._site.workers)]
        took_s = self._longest_without_frames(worker.kill())
        worker.start()
        return took_s

    def _head(self) -> float:
        at_s = self._site.head.kill()
        took_s = until(lambda: "no cluster" in self._site.judged_by(), "the local engine judges") - at_s
        took_s = max(took_s, self._longest_without_frames(at_s))
        self._site.head.start()
        return took_s

    def _database(self) -> float:
        self._site.database.stop()
        time.sleep(DOWN_S)
        self._site.database.start()
        at_s = time.monotonic()
        return until(self._both_answer, "the database") - at_s

    def _replica(self) -> float:
        number = 1 - self._site.leader()
        at_s = self._site.services[number].kill()
        back_s = self._feed.await_connection(number, PATIENCE_S)
        self._site.services[number].start()
        assert back_s is not None, "the client found no other service"
        return max(0.0, back_s - at_s)

    def _leader(self) -> float:
        number = self._site.leader()
        at_s = self._site.services[number].kill()
        took_s = self._longest_without_frames(at_s)
        assert self._feed.await_connection(number, PATIENCE_S) is not None, "the client found none"
        self._site.services[number].start()
        return took_s

    def _both_answer(self) -> bool:
        return all(self._site.answers(number) for number in range(2))

    def _watched(self) -> bool:
        return self._site.frames().keys() == set(self._site.lift_ids)

    def _longest_without_frames(self, since_s: float) -> float:
        """Return the longest time, from `since_s` until all lifts bring frames, in which one brought none."""
        gaps = FrameGaps(self._site.lift_ids, since_s, self._site.frames())
        give_up_s = since_s + PATIENCE_S
        while (now_s := time.monotonic()) < since_s + SETTLE_S or now_s - gaps.oldest_s > FRESH_S:
            if now_s > give_up_s:
                raise TimeoutError(
                    f"not all lifts are watched again within {PATIENCE_S:.0f} s: {gaps.without_s}"
                )
            frames = self._site.frames()
            gaps.look(time.monotonic(), frames)
            time.sleep(LOOK_S)
        self._without_s = gaps.without_s
        return gaps.longest_s


def seen(of: Site) -> dict[str, list[Seen]]:
    """Return every lift's stored passages."""
    found: dict[str, list[Seen]] = {lift_id: [] for lift_id in of.lift_ids}
    with of.client(0) as client:
        for each in _pages(client, "/passages", limit=500):
            at = datetime.fromisoformat(each["left_at"] or each["recorded_at"])
            found[each["lift_id"]].append(
                Seen(at.timestamp(), each["carriers"], each["verdict"] != "unknown", each["late"])
            )
    return found


def accounts(passages: dict[str, list[Seen]], begin_s: float, end_s: float) -> dict[str, Account]:
    """Return what became of every lift's carriers from one time to another (seconds since 1970)."""
    return {
        lift_id: account(of_lift, phase_s(of_lift, EVERY_S), EVERY_S, begin_s, end_s)
        for lift_id, of_lift in passages.items()
    }


def heard(of: Site, feed: ResumingFeed, first: int) -> Row:
    """Compare what the feed brought with what the database holds."""
    stored = [
        int(str(seq))
        for (seq,) in of.database.execute("SELECT seq FROM alarm_events ORDER BY seq", of.database_name)
    ]
    last = stored[-1]
    assert feed.await_seq(last, PATIENCE_S), f"the client never got {last}"
    expected = [seq for seq in stored if seq > first]
    alarms = of.database.execute(
        "SELECT count(*) - count(DISTINCT passage_id) FROM alarms WHERE kind = 'bar_open'",
        of.database_name,
    )
    return {
        "entries": len(expected),
        "received": len(feed.seen),
        "never": len(set(expected) - set(feed.seen)),
        "twice": sum(count > 1 for count in Counter(feed.seen).values()),
        "out_of_order": sum(after != before + 1 for before, after in pairwise(feed.seen)),
        "missing_in_the_database": len(set(range(1, last + 1)) - set(stored)),
        "alarms_of_one_passage_twice": int(str(alarms[0][0])),
        "epochs": len(feed.epochs),
    }


def run(of: Site, kills: int, most_s: float) -> Row:
    """Kill each kind of part so often; return what was lost, and how long it took.

    After `most_s` no further round begins.
    """
    feed = ResumingFeed(of.feeds)
    try:
        strikes = Kills(of, feed)
        strikes.learnt()
        strikes.well()
        first = feed.await_newest()
        began_s = time.time()
        time.sleep(QUIET_S)
        for _ in range(kills):
            if time.time() > began_s + most_s:
                break
            strikes.round()
        time.sleep(QUIET_S)
        end_s = time.time() - EVERY_S  # what leaves now is stored soon
        passages = seen(of)
        of.keep(
            "passages", {lift_id: [asdict(each) for each in found] for lift_id, found in passages.items()}
        )
        of.keep("strikes", [asdict(each) for each in strikes.strikes])
        found = accounts(passages, began_s, end_s)
        of_kind = by_kind(passages, EVERY_S, strikes.strikes)
        carriers = {
            name: sum(asdict(each)[name] for each in found.values())
            for name in asdict(next(iter(found.values())))
        }
        return {
            "nodes": 1 + len(of.workers),
            "lifts": len(of.lift_ids),
            "kills": {kind: len(times) for kind, times in strikes.took_s.items()},
            "seconds": round(end_s - began_s, 1),
            "services_ended_by_themselves": of.restarts,
            "failover_s": {kind: _spread(times) for kind, times in strikes.took_s.items()},
            "interval_s": EVERY_S,
            "by_kind": of_kind,
            "unknown_otherwise": carriers["unknown"] - sum(each["unknown"] for each in of_kind.values()),
            "carriers": carriers,
            "per_lift": {lift_id: asdict(each) for lift_id, each in found.items()},
            "feed": heard(of, feed, first),
        }
    finally:
        feed.stop()


def main() -> None:
    """Run it, write the figures, and end with status 1 if anything was lost or doubled."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lifts", type=int, default=8)
    parser.add_argument("--kills", type=int, default=10, help="of each kind of part")
    parser.add_argument("--minutes", type=float, default=60.0, help="after which no further round begins")
    parser.add_argument("--out", type=Path)
    parser.add_argument("--keep", type=Path, help="a folder for data and outputs, which stays")
    parser.add_argument("--inside", help=argparse.SUPPRESS)
    wanted = parser.parse_args()
    if wanted.inside is None:
        with machines(3) as made:  # everything is run on the first of them, which reaches the others
            again = [sys.executable, "-m", "tests.cluster.kills", *sys.argv[1:], "--inside", made.name]
            sys.exit(subprocess.run(made.command(0, *again), check=False).returncode)
    with tempfile.TemporaryDirectory(prefix="barwatch-cluster-") as folder:
        kept = wanted.keep or Path(folder)
        kept.mkdir(parents=True, exist_ok=True)
        with site(Machines(3, wanted.inside), wanted.lifts, kept) as up:
            command = f"python -m tests.cluster.kills --lifts {wanted.lifts} --kills {wanted.kills}"
            result = about() | {"command": command} | run(up, wanted.kills, 60.0 * wanted.minutes)
    text = json.dumps(result, indent=1)
    print(text)  # noqa: T201
    if wanted.out is not None:
        wanted.out.write_text(text + "\n", encoding="utf-8")
    carriers, of_feed = result["carriers"], result["feed"]
    wrong = (
        carriers["lost"]
        or carriers["doubled"]
        or any(of_feed[name] for name in WRONG)
        or of_feed["epochs"] != 1
    )
    sys.exit(1 if wrong else 0)


def _pages(client: httpx.Client, path: str, **query: int) -> Iterator[Row]:
    cursor: str | None = None
    while True:
        answer = client.get(path, params=query if cursor is None else {**query, "cursor": cursor})
        answer.raise_for_status()
        page = answer.json()
        yield from page["items"]
        cursor = page["next"]
        if cursor is None:
            return


def _spread(times: list[float]) -> Row:
    return {
        "median": round(float(np.median(times)), 2),
        "longest": round(max(times), 2),
        "each": [round(each, 2) for each in times],
    }


if __name__ == "__main__":
    main()
