"""Everything about the store runs on both kinds of database."""

import pytest

from tests.end_to_end.conftest import rtsp as rtsp  # noqa: PLC0414 - a fixture
from tests.service.conftest import GivenDatabases


@pytest.fixture(autouse=True)
def _on_both(database: GivenDatabases) -> None:
    """A test that opens a database itself gets the kind as well."""
