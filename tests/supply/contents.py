"""What a wheel must hold besides Python: python -m tests.supply.contents DIST.

Named by where the program opens it, so that a new kind of file which nobody ships is found before a release.
"""

import argparse
import sys
import tarfile
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BUILT = "service/console/built/"


def opened() -> set[str]:
    """Return the files of the installed program that it opens by a path of its own.

    What each folder's code reads: sample lifts (`lifts.folder`), the network (`ml/released`), templates and
    results of reports, migrations, words, and the page as it is built now.
    """
    patterns = (
        *(
            "lifts/demo-*/*",
            "ml/released/*",
            "ml/report/templates/*",
            "ml/results/**/*",
            "ml/simulation/*.toml",
        ),
        *("service/store/migrations/*", "service/store/migrations/versions/*.py", "service/words/*/*.json"),
        f"{BUILT}*",
    )
    found = {
        path.relative_to(ROOT).as_posix()
        for pattern in patterns
        for path in ROOT.glob(pattern)
        if path.is_file() and path.suffix != ".pyc"
    }
    code = {
        path.relative_to(ROOT).as_posix()
        for package in ("lifts", "ml", "service")
        for path in (ROOT / package).rglob("*.py")
        if "console" not in path.parts
    }
    return found | code


def main() -> None:
    """Compare the one wheel and the one sdist of a folder with what the program opens; 1: something lacks."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("dist", type=Path)
    dist = parser.parse_args().dist
    (wheel,), (sdist,) = dist.glob("*.whl"), dist.glob("*.tar.gz")
    held = set(zipfile.ZipFile(wheel).namelist())
    with tarfile.open(sdist) as archive:
        sources = {name.partition("/")[2] for name in archive.getnames()}
    page = {name for name in held if name.startswith("service/console/")}
    wrong = [f"{wheel.name} lacks {name}" for name in sorted(opened() - held)]
    wrong += [f"{sdist.name} lacks {name}" for name in sorted(opened() - sources)]
    wrong += [f"{wheel.name} has {name}" for name in sorted(page) if not name.startswith(BUILT)]
    wrong += [f"{wheel.name} has {name}" for name in sorted(held) if name.startswith(("tests/", "docs/"))]
    if f"{BUILT}index.html" not in held:
        wrong.append(f"{wheel.name} has no page")
    found = f"{wheel.name}: {len(held)} files, {sdist.name}: {len(sources)}\n"
    sys.stdout.write("\n".join([*wrong, found]))
    raise SystemExit(1 if wrong else 0)


if __name__ == "__main__":
    main()
