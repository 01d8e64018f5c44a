"""The keys that encrypt cameras' passwords: from the environment, or from a file of the data folder."""

from __future__ import annotations

import stat
import threading
from pathlib import Path

import structlog
from cryptography.fernet import Fernet, MultiFernet

from lifts.text import read_text
from service.domain.errors import ConfigurationError
from service.host.private import write_once

log = structlog.get_logger(__name__)

KEY_FILE = "secret.key"


class KeyRing:
    """Finds the keys when they are needed: a wrong one must not keep other cameras from running.

    Several keys may be given, separated by commas or lines: the first one encrypts, each may decrypt.

    Args:
        data_dir: where the key file is, and is made when there is no other key.
        given: keys of the environment.
        file: a file that holds keys.
    """

    def __init__(self, data_dir: Path, given: str | None = None, file: Path | None = None) -> None:
        self._own, self._given, self._file = Path(data_dir) / KEY_FILE, given, file
        self._lock = threading.Lock()

    @property
    def is_given(self) -> bool:
        """Whether the key comes from outside, not from the data folder."""
        return self._given is not None or self._file is not None

    @property
    def unused(self) -> Path | None:
        """The data folder's key, where another one is given instead of it; None if there is none."""
        return self._own if self.is_given and self._own.exists() else None

    def keys(self, *, make: bool = False) -> MultiFernet:
        """Return what encrypts and decrypts; as `all_keys`."""
        return MultiFernet(self.all_keys(make=make))

    def all_keys(self, *, make: bool = False) -> list[Fernet]:
        """Return every key, the one that encrypts first.

        make: make the data folder's key if there is none.

        Raises:
            ConfigurationError: there is no key, or it is none; the message does not repeat it.
        """
        with self._lock:
            text, source = self._text(make)
        words = text.replace(",", " ").split()
        try:
            found = [Fernet(word) for word in words]
        except ValueError:
            found = []
        if not found:
            raise ConfigurationError(
                f"{source}: expected a key of 32 bytes in URL-safe base64", "key_unusable"
            )
        return found

    def _text(self, make: bool) -> tuple[str, str]:
        if self._given is not None:
            return self._given, "BARWATCH_SECRET_KEY"
        path = self._file or self._own
        source = f"BARWATCH_SECRET_KEY_FILE ({path})" if self._file is not None else str(path)
        try:
            if self._file is None:
                if make and not path.exists():
                    write_once(path, Fernet.generate_key() + b"\n")
                if stat.S_IMODE(path.stat().st_mode) & 0o077:
                    log.warning("the key of the cameras' passwords was readable by others", path=str(path))
                    path.chmod(0o600)
            return read_text(path), source
        except (OSError, ValueError) as error:
            reason = getattr(error, "strerror", None) or error
            raise ConfigurationError(f"{source}: the key cannot be read: {reason}", "key_unusable") from error
