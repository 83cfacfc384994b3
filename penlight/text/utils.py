"""Files of datasets: downloads, archives, CSV.

Source: https://docs.pytorch.org/text/stable/utils.html
"""

from __future__ import annotations

import csv
import gzip
import os
import shutil
import sys
import tarfile
import tempfile
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from penlight.ledger.missing import module_getattr
from penlight.utils.download import fetch, file_digest

__all__ = ["download_from_url", "extract_archive", "unicode_csv_reader"]

_TAR_SUFFIXES = (".tar", ".tar.gz", ".tgz")
ARCHIVES = (".zip", ".gz", ".tgz")


def fetch_from_any(urls: Sequence[str], path: str, advice: str = "", digest: str | None = None) -> None:
    """Download a file from the first of the URLs that has it.

    Raises: DownloadError naming the file, the URLs and where to put it, also for a file with another digest (MD5 or
    SHA-256), which is not kept; ValueError for URLs that are not http or https.
    """
    fetch(urls, path, digest, advice and f"Or {advice}")


def _check_hash(path: str, hash_value: str | None, hash_type: str) -> None:
    if hash_type not in ("sha256", "md5"):
        raise ValueError(f"hash_type must be 'sha256' or 'md5', got {hash_type!r}")
    if hash_value is None:
        return
    found = file_digest(path, hash_type)
    if found != hash_value:
        raise RuntimeError(
            f"The hash of {os.path.abspath(path)} does not match: expected the {hash_type} sum {hash_value}, got "
            f"{found}. Delete the file manually and retry."
        )


def download_from_url(
    url: str, path: str | os.PathLike | None = None, root: str | os.PathLike = ".data", overwrite: bool = False,
    hash_value: str | None = None, hash_type: str = "sha256",
) -> str:  # fmt: skip
    """Download a file, unless it is there already, and return its path.

    Args: path: where to save it, by default under its name in the URL in the folder `root`; overwrite: download again.
    Raises: DownloadError (a RuntimeError and OSError) naming the file, the URL and where to put it; RuntimeError for a
        wrong hash.
    Source: https://docs.pytorch.org/text/stable/utils.html#download-from-url
    """
    target = os.path.abspath(os.path.join(root, os.path.basename(url)) if path is None else path)
    if overwrite or not os.path.exists(target):
        fetch_from_any([url], target)
    _check_hash(target, hash_value, hash_type)
    return target


def _inside(folder: str, name: str) -> str:
    base = os.path.realpath(folder)
    target = os.path.realpath(os.path.join(folder, name))
    if os.path.commonpath([base, target]) != base:
        raise RuntimeError(f"the archive holds the file {name!r}, which lies outside of {folder}: not extracted")
    return os.path.join(folder, name)


def _write(source: Any, target: str) -> None:
    os.makedirs(os.path.dirname(target) or ".", exist_ok=True)
    with open(target + ".part", "wb") as file:
        shutil.copyfileobj(source, file)
    os.replace(target + ".part", target)


def extract_archive(
    from_path: str | os.PathLike, to_path: str | os.PathLike | None = None, overwrite: bool = False
) -> list[str]:
    """Unpack a .zip, .tar, .tar.gz, .tgz or .gz file, and return the paths of the files it holds.

    Args: to_path: the folder, by default that of the archive; overwrite: write files again that are there already.
    Raises: NotImplementedError for other kinds of files; RuntimeError for an archive that writes outside of the folder.
    Source: https://docs.pytorch.org/text/stable/utils.html#extract-archive
    """
    path = os.fspath(from_path)
    folder = os.path.dirname(path) if to_path is None else os.fspath(to_path)
    found = []
    if path.endswith(_TAR_SUFFIXES):
        with tarfile.open(path) as archive:
            for member in archive:
                if member.isfile():  # links and devices are left out
                    target = _inside(folder, member.name)
                    found.append(target)
                    if overwrite or not os.path.exists(target):
                        _write(archive.extractfile(member), target)
    elif path.endswith(".zip"):
        with zipfile.ZipFile(path) as zipped:
            for information in zipped.infolist():
                target = _inside(folder, information.filename)
                found.append(target)
                if information.is_dir():
                    os.makedirs(target, exist_ok=True)
                elif overwrite or not os.path.exists(target):
                    with zipped.open(information) as source:
                        _write(source, target)
    elif path.endswith(".gz"):
        target = os.path.join(folder, os.path.basename(path)[: -len(".gz")])
        found.append(target)
        if overwrite or not os.path.exists(target):
            with gzip.open(path, "rb") as unpacked:
                _write(unpacked, target)
    else:
        raise NotImplementedError(
            f"We currently only support tar.gz, .tgz, .gz and zip archives, got {os.path.basename(path)}."
        )
    return found


def unpack(archive: str, folder: str) -> None:
    """Unpack beside the folder's files and move what there is when it is complete: half a dataset is never taken."""
    with tempfile.TemporaryDirectory(dir=folder) as partial:
        extract_archive(archive, partial)
        for name in os.listdir(partial):
            place = os.path.join(folder, name)
            if os.path.isdir(place):
                shutil.copytree(os.path.join(partial, name), place, dirs_exist_ok=True)
            else:
                os.replace(os.path.join(partial, name), place)


def unicode_csv_reader(unicode_csv_data: Iterable[str], **kwargs: Any) -> Iterator[list[str]]:
    """Read the rows of CSV text; fields may be of any length. Further arguments go to `csv.reader`.

    Source: https://docs.pytorch.org/text/stable/utils.html#unicode-csv-reader

    >>> list(unicode_csv_reader(['3,"Oil, gas"']))
    [['3', 'Oil, gas']]
    """
    limit = sys.maxsize
    while True:
        try:
            csv.field_size_limit(limit)
            break
        except OverflowError:  # where a C long has 32 bits
            limit //= 2
    yield from csv.reader(unicode_csv_data, **kwargs)


__getattr__ = module_getattr(__name__)
