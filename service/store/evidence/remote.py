"""The shared store of evidence, through fsspec: a folder that is mounted, or S3 and what speaks like it."""

from __future__ import annotations

import asyncio
import contextlib
import importlib
import json
import threading
import time
from collections.abc import Callable, Collection, Iterator, Mapping
from concurrent.futures import Future
from pathlib import Path, PurePosixPath
from typing import Any, NamedTuple, TypeVar
from urllib.parse import unquote, urlsplit

from pydantic import SecretStr

from service.domain.errors import ConfigurationError, EvidenceUnreachableError
from service.host.runner import settle

T = TypeVar("T")

MARK = "barwatch-evidence.json"
"""Lies at the store's root, and says whose it is: two installations would delete each other's evidence."""

CONNECT_S, READ_S = 3.0, 10.0
CLOSED_S = 5.0
"""After a failure nobody else waits for the store for so long."""


class EvidenceAddress(NamedTuple):
    """Where the shared store is, and who asks.

    url: file:///FOLDER or s3://BUCKET/PREFIX. endpoint: of what speaks S3, if not Amazon's.
    access_key, secret_key: None: what the machine itself knows (roles, environment).
    """

    url: str
    endpoint: str | None = None
    access_key: str | None = None
    secret_key: SecretStr | None = None


class RemoteStore:
    """Files below one address; every call may block for seconds. Safe from any thread.

    Raises:
        ConfigurationError: the address cannot be one, or what reaches it is not installed.
    """

    def __init__(self, address: EvidenceAddress) -> None:
        parts = urlsplit(address.url)
        self.url = address.url
        self._local = parts.scheme == "file"
        if self._local and not parts.netloc and parts.path.startswith("/"):
            self._root = unquote(parts.path).rstrip("/")
        elif parts.scheme == "s3" and parts.netloc and "@" not in parts.netloc:
            self._root = (parts.netloc + unquote(parts.path)).rstrip("/")
        else:
            raise ConfigurationError("BARWATCH_EVIDENCE_URL: expected file:///FOLDER or s3://BUCKET/PREFIX")
        self._files = _open(parts.scheme, address)
        self._lock = threading.Lock()
        self._closed_until_mono_s = 0.0
        self._reason = ""

    def put(self, files: Mapping[str, bytes]) -> None:
        """Write files, each whole or not there. Raises EvidenceUnreachableError: some may not be written.

        In a folder that is no longer mounted nothing is written, or what was does not count as written.
        """
        self._ask(lambda: self._put(files), waits=True)

    def get(self, name: str, most_bytes: int | None = None) -> bytes | None:
        """Return a file; None if it is not there, or larger than that. Raises EvidenceUnreachableError."""
        if (path := self._path(name)) is None:
            return None
        try:
            if most_bytes is not None and self._ask(lambda: int(self._files.size(path))) > most_bytes:
                return None
            return self._ask(lambda: bytes(self._files.cat_file(path)))
        except FileNotFoundError:
            self._ask(self._check_mark)
            return None

    def exists(self, name: str) -> bool:
        """Say whether a file is there. Raises EvidenceUnreachableError."""
        path = self._path(name)
        if path is not None and self._ask(lambda: bool(self._files.exists(path))):
            return True
        self._ask(self._check_mark)
        return False

    def delete(self, names: Collection[str]) -> None:
        """Delete files; those that are gone from the store do not matter. Raises EvidenceUnreachableError."""
        paths = [path for name in names if (path := self._path(name)) is not None]
        self._ask(lambda: self._delete(paths), waits=True)

    def folders(self, below: str) -> list[str]:
        """Return the names of the folders in a folder, sorted. Raises EvidenceUnreachableError."""
        return [name for name, is_folder in self._listed(below) if is_folder]

    def names(self, below: str) -> list[str]:
        """Return the names of the files in a folder, sorted. Raises EvidenceUnreachableError."""
        return [name for name, is_folder in self._listed(below) if not is_folder]

    def owner(self) -> str | None:
        """Return whose the store is by its mark; None: nobody's yet. Raises EvidenceUnreachableError."""
        try:
            content = self._ask(lambda: self._files.cat_file(f"{self._root}/{MARK}"), waits=True)
            return str(json.loads(content)["installation"])
        except FileNotFoundError:
            return None
        except (ValueError, LookupError, TypeError) as error:
            raise EvidenceUnreachableError(f"{self.url}: {MARK} is damaged") from error

    def own(self, installation: str) -> None:
        """Put the mark there. Raises EvidenceUnreachableError."""
        if self._local and not Path(self._root).is_dir():
            raise EvidenceUnreachableError(f"{self.url}: there is no such folder: is it mounted?")
        self.put({MARK: json.dumps({"installation": installation}).encode()})

    def _check_mark(self) -> None:
        """Raise EvidenceUnreachableError without the mark: a folder that is not mounted looks empty."""
        if not self._files.exists(f"{self._root}/{MARK}"):
            raise EvidenceUnreachableError(f"{self.url}: {MARK} is not there: is the store mounted?")

    def _listed(self, below: str) -> Iterator[tuple[str, bool]]:
        path = f"{self._root}/{below}"
        try:
            found = self._ask(lambda: list(self._files.ls(path, detail=True)), waits=True)
        except FileNotFoundError:
            found = []
        for one in sorted(found, key=lambda each: str(each["name"])):
            if name := str(one["name"]).rstrip("/").rpartition("/")[2]:
                yield name, one["type"] == "directory"

    def _path(self, name: str) -> str | None:
        """Return the path of a name; None for one that leads elsewhere."""
        parts = PurePosixPath(name)
        return None if parts.is_absolute() or ".." in parts.parts else f"{self._root}/{parts}"

    def _put(self, files: Mapping[str, bytes]) -> None:
        contents = {path: content for name, content in files.items() if (path := self._path(name))}
        if not self._local:
            self._files.pipe(contents)
            return
        for path, content in contents.items():
            if MARK not in files:
                self._check_mark()
            part = Path(f"{path}.part")
            try:
                self._files.pipe_file(str(part), content)
                self._files.mv(str(part), path)
            finally:  # on a full store halves would stay that nobody looks for
                part.unlink(missing_ok=True)
        self._check_mark()  # unmounted meanwhile: what was written lies below it, where nobody looks

    def _delete(self, paths: list[str]) -> None:
        if self._files.async_impl:  # `rm` of many says nothing of those that may not be deleted
            sync = importlib.import_module("fsspec.asyn").sync
            sync(self._files.loop, _all_at_once, [self._files._rm_file(path) for path in paths])
            return
        for path in paths:
            with contextlib.suppress(FileNotFoundError):
                self._files.rm_file(path)
            with contextlib.suppress(OSError):  # it holds something, or is gone
                Path(path).parent.rmdir()
                Path(path).parent.parent.rmdir()
        self._check_mark()

    def _ask(self, what: Callable[[], T], *, waits: bool = False) -> T:
        """Do `what`; any failure but a file that is not there closes the store for a while.

        waits: the caller may be kept, whatever others have found out.
        """
        with self._lock:
            closed, reason = time.monotonic() < self._closed_until_mono_s, self._reason
        if closed and not waits:
            raise EvidenceUnreachableError(reason)
        done: Future[T] = Future()
        settle(done, what)  # libraries below raise what they like
        error = done.exception()
        if error is None:
            with self._lock:
                self._closed_until_mono_s = 0.0
            return done.result()
        if isinstance(error, FileNotFoundError | EvidenceUnreachableError):
            raise error
        reason = f"{self.url}: {type(error).__name__}: {error}"
        with self._lock:
            self._closed_until_mono_s, self._reason = time.monotonic() + CLOSED_S, reason
        raise EvidenceUnreachableError(reason) from error


async def _all_at_once(waiting: list[Any]) -> None:
    await asyncio.gather(*waiting)


def _open(scheme: str, address: EvidenceAddress) -> Any:
    """Return fsspec's file system; nothing is dialled yet."""
    options: dict[str, Any] = {"skip_instance_cache": True}
    if scheme == "file":
        options["auto_mkdir"] = True
    else:
        secret = address.secret_key
        options |= {
            "key": address.access_key,
            "secret": None if secret is None else secret.get_secret_value(),
            "endpoint_url": address.endpoint,
            "use_listings_cache": False,
            "config_kwargs": {
                "connect_timeout": CONNECT_S,
                "read_timeout": READ_S,
                "retries": {"max_attempts": 1},
            },
        }
    try:
        files = importlib.import_module("fsspec").filesystem(scheme, **options)
    except ImportError as error:
        raise ConfigurationError(
            "BARWATCH_EVIDENCE_URL needs more: pip install 'barwatch[evidence]'"
        ) from error
    if scheme == "s3":
        files.retries = 1  # whoever calls tries again, and says meanwhile what is wrong
    return files
