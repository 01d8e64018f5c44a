"""What a cluster loses, beside the commands that measured it."""

from ml.report.capacity.failover import failover, failover_brief

FOUND = {
    "nodes": 3,
    "lifts": 8,
    "kills": {"worker": 10, "replica": 9},
    "failover_s": {"worker": {"median": 4.25, "longest": 6.04}, "replica": {"median": 0.07, "longest": 0.3}},
    "carriers": {"passed": 1200, "judged": 1170, "unknown": 31, "lost": 0, "estimated": 1, "doubled": 0},
    "feed": {"entries": 900, "never": 0, "twice": 0},
}


def test_each_kind_of_part_that_was_killed_has_a_row() -> None:
    text = str(failover(FOUND))
    assert "| 10 | 4.2 s | 6.0 s |" in text
    assert "leader" not in text


def test_what_was_lost_stands_beside_the_times() -> None:
    """The least of the kinds' kills is said."""
    text = failover_brief(FOUND)
    assert "each part killed 9 times" in text
    assert "worker 4.2 s (6.0), replica 0.1 s (0.3)" in text
    assert "Of 1,200 carriers 1,170 were judged and 31 said to be unknown; 0 were lost, 0 doubled." in text
