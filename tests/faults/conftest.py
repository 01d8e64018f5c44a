"""The faults are put to the same tiny model and database as the service's rooms."""

from tests.service.conftest import database, inline_engine, pytest_generate_tests, store, tiny_artefact

__all__ = ["database", "inline_engine", "pytest_generate_tests", "store", "tiny_artefact"]
