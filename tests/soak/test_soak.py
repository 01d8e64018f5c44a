"""The soak, for three minutes; and what its table says of the long one."""

import json
import sys

import pytest

from tests.soak import checks
from tests.soak.__main__ import soak
from tests.soak.table import DOCUMENT, RESULT, document, rendered


@pytest.mark.slow
@pytest.mark.timeout(1200)
def test_a_short_soak_loses_nothing() -> None:
    """Faults, attacks and kills at random: no alarm lost or doubled, the database and the evidence whole."""
    result = soak(minutes=3, seed=19, number=3)
    result["failures"] = checks.failures(result, timed=False)
    sys.stdout.write(json.dumps(result, indent=1))
    assert result["failures"] == []
    assert result["caught_up"]
    assert result["alarms"]["committed"] > 20
    assert result["carriers"]["undisturbed"] > 5
    assert rendered(result)


def test_the_document_has_the_table_of_the_result() -> None:
    """SECURITY.md's table is that of docs/soak.json, as a soak wrote it; what did not hold stands in it."""
    assert DOCUMENT.read_text(encoding="utf-8") == document(), "run: python -m tests.soak.table"
    result = json.loads(RESULT.read_text(encoding="utf-8"))
    assert result["failures"] == checks.failures(result, timed=True)
