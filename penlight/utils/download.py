"""Downloads of files: mirrors in turn, resumed where they were cut, checked, and put in place when complete."""

from __future__ import annotations

import contextlib
import hashlib
import http.client
import importlib
import os
import re
import tempfile
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from typing import Any, BinaryIO

__all__ = ["DownloadError", "fetch", "file_digest", "offline"]

_SECONDS = 30  # without an answer
_ATTEMPTS = 5  # at one URL, while each brings more of the file
_BLOCK = 1 << 18
_KINDS = {32: "md5", 40: "sha1", 64: "sha256"}


class DownloadError(RuntimeError, OSError):
    """A file that could not be downloaded, or is not the one expected."""


class _Cut(OSError):
    """The connection ended before the file did. `validator`: the ETag or date of what came."""

    def __init__(self, message: str, validator: str | None):
        super().__init__(message)
        self.validator = validator


def offline() -> bool:
    """Tell whether the environment variable PENLIGHT_OFFLINE forbids downloads (set, and neither empty nor 0)."""
    return os.environ.get("PENLIGHT_OFFLINE", "0") not in ("", "0")


def file_digest(path: str | os.PathLike, kind: str = "sha256") -> str:
    """The sum of a file in hexadecimal digits. Args: kind: md5, sha1 or sha256."""
    digest = hashlib.new(kind, usedforsecurity=False)
    with open(path, "rb") as file:
        while block := file.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()


def _mismatch(path: str, expected: str | None) -> str:
    """What is wrong with a file's sum; empty if nothing is."""
    if expected is None:
        return ""
    kind = _KINDS.get(len(expected), "sha256")
    found = file_digest(path, kind)
    wrong = not found.startswith(expected.lower())
    return f'invalid hash value (expected "{expected}", got "{found}"): corrupted or another file' if wrong else ""


@contextlib.contextmanager
def _partial(path: str, keep: bool) -> Iterator[str]:
    """A file beside the target: `path`.part, kept for the next try, or one of its own while another process has that."""
    shared = path + ".part"
    with contextlib.ExitStack() as stack:
        if not keep:
            shared = ""
        else:
            file = stack.enter_context(open(shared, "ab"))
            try:
                fcntl: Any = importlib.import_module("fcntl")
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except ModuleNotFoundError:  # not a Unix: two downloads at a time are found out by the sum
                file.close()  # or it could not be moved
            except OSError:
                shared = ""
        if shared:
            try:
                yield shared
            finally:
                if os.path.exists(shared) and os.path.getsize(shared) == 0:
                    os.unlink(shared)
            return
        handle, own = tempfile.mkstemp(dir=os.path.dirname(path), prefix=os.path.basename(path) + ".")
        os.close(handle)
        mask = os.umask(0)
        os.umask(mask)
        os.chmod(own, 0o666 & ~mask)  # mkstemp's are for the user alone
        try:
            yield own
        finally:
            if os.path.exists(own):
                os.unlink(own)


def _bar(total: int | None, done: int, title: str, shown: bool) -> Any:
    """A progress bar on a terminal, if tqdm is installed."""
    try:
        tqdm: Any = importlib.import_module("tqdm").tqdm if shown else None
    except ModuleNotFoundError:
        tqdm = None
    if tqdm is None:
        return contextlib.nullcontext()
    return tqdm(total=total, initial=done, desc=title, unit="B", unit_scale=True, unit_divisor=1024, disable=None)


def _receive(url: str, file: BinaryIO, validator: str | None, title: str, progress: bool) -> None:
    """Append what is missing of a file, or all of it anew if the server does not send a part."""
    start = file.seek(0, os.SEEK_END)
    headers = {"User-Agent": "penlight", "Accept-Encoding": "identity"}
    if start:
        headers["Range"] = f"bytes={start}-"
        if validator:  # another version is sent whole
            headers["If-Range"] = validator
    with urllib.request.urlopen(urllib.request.Request(url, headers=headers), timeout=_SECONDS) as answer:
        given = re.match(r"bytes (\d+)-", answer.headers.get("Content-Range") or "")
        if start and not (answer.status == 206 and given and int(given[1]) == start):
            start = 0
            file.seek(0)
            file.truncate()
        length, etag = answer.headers.get("Content-Length"), answer.headers.get("ETag")
        total = None if length is None else start + int(length)
        seen = etag if etag and not etag.startswith("W/") else answer.headers.get("Last-Modified")
        try:
            with _bar(total, start, title, progress) as bar:
                while block := answer.read(_BLOCK):
                    file.write(block)
                    if bar is not None:
                        bar.update(len(block))
        except (OSError, http.client.HTTPException) as error:
            raise _Cut(f"{type(error).__name__}: {error}", seen) from None
        if total is not None and file.tell() != total:
            raise _Cut(f"expected {total} bytes, received {file.tell()}", seen)


def _from_one(url: str, part: str, digest: str | None, title: str, progress: bool) -> str:
    """Download to `part`; return what went wrong, empty if nothing."""
    validator, trouble = None, ""
    for _ in range(_ATTEMPTS):
        if digest is None and validator is None:  # nothing says that what is there belongs to this file
            os.truncate(part, 0)
        before = os.path.getsize(part)
        try:
            with open(part, "r+b") as file:
                _receive(url, file, validator, title, progress)
        except urllib.error.HTTPError as error:
            if error.code != 416 or not before:
                return str(error)
            os.truncate(part, 0)  # the part is longer than the file
            continue
        except (OSError, http.client.HTTPException) as error:
            trouble, validator = str(error), getattr(error, "validator", None)
            if os.path.getsize(part) <= before:
                return trouble
            continue
        trouble = _mismatch(part, digest)
        if not trouble:
            return ""
        os.truncate(part, 0)
        if not before:
            return trouble
        # It began with another file's bytes: once more, from the start.
    return trouble


def fetch(
    urls: Sequence[str], path: str | os.PathLike, digest: str | None = None, advice: str = "", progress: bool = True,
    schemes: Sequence[str] = ("http", "https"),
) -> None:  # fmt: skip
    """Download a file from the first of the URLs that has it.

    It is written to `path`.part, which a later call continues when there is a sum to check the whole by, and moved to
    `path` when it is complete and has the right sum.

    Args:
        digest: the MD5, SHA-1 or SHA-256 sum in hexadecimal digits, told apart by their number, or the first digits of a
            SHA-256 sum.
        advice: what else can be done, added to the error.
        progress: show a progress bar on a terminal, if tqdm is installed.

    Raises: DownloadError (a RuntimeError and an OSError) naming the file, the URLs and where to put it, also when
    PENLIGHT_OFFLINE is set; ValueError for a URL of another scheme.
    """
    path = os.path.abspath(os.fspath(path))
    name, failures = os.path.basename(path), []
    for url in urls:
        if url.partition("://")[0] not in schemes:
            raise ValueError(f"expected a URL that begins with {' or '.join(s + '://' for s in schemes)}, got {url!r}")
    if offline():
        failures = [f"  {url}: not tried, for PENLIGHT_OFFLINE is set" for url in urls]
    else:
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with _partial(path, keep=digest is not None) as part:
            for url in urls:
                trouble = _from_one(url, part, digest, name, progress)
                if not trouble:
                    os.replace(part, path)
                    return
                failures.append(f"  {url}: {trouble}")
    tried = "\n".join(failures)
    raise DownloadError(
        f"Error downloading {name}; tried\n{tried}\nWith no network, download it elsewhere and save the file as {path}"
        + (f". {advice}" if advice else "")
    )
