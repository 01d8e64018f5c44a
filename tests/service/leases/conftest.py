"""Everything about the store runs on both kinds of database."""

import pytest

from tests.service.conftest import GivenDatabases


@pytest.fixture(autouse=True)
def _on_both(database: GivenDatabases) -> None:
    """A test that opens a database itself gets the kind as well."""
