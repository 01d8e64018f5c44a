"""The faults are put to the same tiny model and database as the service's rooms."""

from tests.service.conftest import inline_engine, store, tiny_artefact

__all__ = ["inline_engine", "store", "tiny_artefact"]
