"""What several of the service's rooms test with: a tiny model and a database."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from service.inference.artefact import read_manifest
from service.inference.inline import InlineEngine
from service.inference.model import EmbeddingModel
from service.store.database import Store
from tests.service.store.empty import open_empty
from tests.service.tiny_model import write_artefact


@pytest.fixture(scope="session")
def tiny_artefact(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model file with its manifest beside it. Copy it before changing it."""
    return write_artefact(tmp_path_factory.mktemp("artefact"))


@pytest.fixture(scope="session")
def inline_engine(tiny_artefact: Path) -> InlineEngine:
    """The tiny model in this process."""
    return InlineEngine(EmbeddingModel.load(tiny_artefact, "cpu", threads=1), read_manifest(tiny_artefact))


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """An empty database of its own."""
    opened = open_empty(tmp_path / "data")
    yield opened
    opened.close()
