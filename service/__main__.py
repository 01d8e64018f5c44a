"""`barwatch` and `python -m service`: the command line, ready for signals before anything is imported."""

import sys

from service.host.signals import end_at_once


def main() -> None:
    """Run the command line."""
    if sys.argv[1:2] in (["serve"], ["demo"]):
        end_at_once()
    from service.cli import main as run  # noqa: PLC0415 - takes a while to import

    run()


if __name__ == "__main__":
    main()
