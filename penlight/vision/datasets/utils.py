"""Files of datasets: checksums, downloads, archives."""

from __future__ import annotations

import bz2
import gzip
import lzma
import os
import shutil
import tarfile
import zipfile
from collections.abc import Callable, Sequence
from typing import Any

from penlight.utils.download import DownloadError, fetch, file_digest
from penlight.vision.absent import vision_getattr

__all__ = [
    "DownloadError", "calculate_md5", "check_integrity", "check_md5", "download_and_extract_archive", "download_url",
    "extract_archive", "list_dir", "list_files", "verify_str_arg",
]  # fmt: skip

_OPENERS: dict[str, Callable] = {".gz": gzip.open, ".xz": lzma.open, ".bz2": bz2.open}
_TAR_SUFFIXES = (".tar", ".tar.gz", ".tgz", ".tar.xz", ".tar.bz2", ".tbz", ".tbz2")


def calculate_md5(fpath: str | os.PathLike, chunk_size: int = 1024 * 1024) -> str:
    """Return the MD5 sum of a file, in hexadecimal digits."""
    return file_digest(fpath, "md5")


def check_md5(fpath: str | os.PathLike, md5: str, **kwargs: Any) -> bool:
    """Tell whether a file has this MD5 sum."""
    return md5 == calculate_md5(fpath, **kwargs)


def check_integrity(fpath: str | os.PathLike, md5: str | None = None) -> bool:
    """Tell whether a file exists and, when `md5` is given, has this MD5 sum.

    >>> check_integrity("no/such/file")
    False
    """
    return os.path.isfile(fpath) and (md5 is None or check_md5(fpath, md5))


def download_from_any(urls: Sequence[str], path: str, md5: str | None, advice: str = "") -> None:
    """Download a file from the first of the URLs that has it, unless it is there with the right sum already.

    Raises: DownloadError naming the file, the URLs and where to put it; ValueError for URLs that are not http or https.
    """
    if not check_integrity(path, md5):
        fetch(urls, path, md5, advice)


def download_url(
    url: str, root: str | os.PathLike, filename: str | None = None, md5: str | None = None, max_redirect_hops: int = 3
) -> None:
    """Download a file into the folder `root`, unless it is there with the right MD5 sum already.

    Raises: DownloadError naming the file, the URL and where to put it; RuntimeError for a wrong MD5 sum.
    """
    root = os.path.expanduser(os.fspath(root))
    download_from_any([url], os.path.join(root, filename or os.path.basename(url)), md5)


def _inside(folder: str, name: str) -> None:
    target = os.path.realpath(os.path.join(folder, name))
    if os.path.commonpath([os.path.realpath(folder), target]) != os.path.realpath(folder):
        raise RuntimeError(f"the archive holds the file {name!r}, which lies outside of {folder}: not extracted")


def _extract_tar(path: str, folder: str) -> None:
    with tarfile.open(path) as archive:
        if hasattr(tarfile, "data_filter"):
            archive.extractall(folder, filter="data")
            return
        for member in archive.getmembers():  # Python before 3.10.12
            _inside(folder, member.name)
            if not (member.isfile() or member.isdir()):
                raise RuntimeError(f"the archive holds the link or device {member.name!r}: not extracted")
        archive.extractall(folder)


def _extract_zip(path: str, folder: str) -> None:
    with zipfile.ZipFile(path) as archive:
        for name in archive.namelist():
            _inside(folder, name)
        archive.extractall(folder)


def extract_archive(
    from_path: str | os.PathLike, to_path: str | os.PathLike | None = None, remove_finished: bool = False
) -> str:
    """Unpack a .zip, .tar, .tar.gz … file, or a single .gz, .xz or .bz2 file, and return where it went.

    Args: to_path: the folder, by default that of the archive; for a single file, the file.
    Raises: RuntimeError for other kinds of files, and for archives that write outside of the folder.
    """
    path = os.fspath(from_path)
    target = os.path.dirname(path) if to_path is None else os.fspath(to_path)
    suffix = os.path.splitext(path)[1]
    if path.endswith(_TAR_SUFFIXES):
        _extract_tar(path, target)
    elif suffix == ".zip":
        _extract_zip(path, target)
    elif suffix in _OPENERS:
        if to_path is None:
            target = os.path.splitext(path)[0]
        with _OPENERS[suffix](path, "rb") as source, open(target + ".part", "wb") as file:
            shutil.copyfileobj(source, file)
        os.replace(target + ".part", target)
    else:
        known = sorted({*_TAR_SUFFIXES, ".zip", *_OPENERS})
        raise RuntimeError(f"Unknown compression or archive type: '{suffix}'.\nKnown types are: {known}")
    if remove_finished:
        os.remove(path)
    return target


def download_and_extract_archive(
    url: str, download_root: str | os.PathLike, extract_root: str | os.PathLike | None = None,
    filename: str | None = None, md5: str | None = None, remove_finished: bool = False,
) -> None:  # fmt: skip
    """`download_url`, then `extract_archive` into `extract_root`, by default the same folder."""
    folder = os.path.expanduser(os.fspath(download_root))
    name = filename or os.path.basename(url)
    download_url(url, folder, name, md5)
    archive = os.path.join(folder, name)
    single = os.path.splitext(name)[1] in _OPENERS and not name.endswith(_TAR_SUFFIXES)
    target = os.fspath(extract_root) if extract_root is not None else folder
    extract_archive(archive, os.path.join(target, os.path.splitext(name)[0]) if single else target, remove_finished)


def list_dir(root: str | os.PathLike, prefix: bool = False) -> list[str]:
    """The folders in a folder; with `prefix`, their paths."""
    root = os.path.expanduser(os.fspath(root))
    found = [name for name in os.listdir(root) if os.path.isdir(os.path.join(root, name))]
    return [os.path.join(root, name) for name in found] if prefix else found


def list_files(root: str | os.PathLike, suffix: str, prefix: bool = False) -> list[str]:
    """The files in a folder whose names end with `suffix`; with `prefix`, their paths."""
    root = os.path.expanduser(os.fspath(root))
    found = [n for n in os.listdir(root) if os.path.isfile(os.path.join(root, n)) and n.endswith(suffix)]
    return [os.path.join(root, name) for name in found] if prefix else found


def verify_str_arg(
    value: Any, arg: str | None = None, valid_values: Sequence[str] | None = None, custom_msg: str | None = None
) -> str:
    """Return the value when it is one of those permitted.

    Raises: ValueError otherwise.

    >>> verify_str_arg("test", "split", ("train", "test"))
    'test'
    """
    if not isinstance(value, str):
        place = "" if arg is None else f" for argument {arg}"
        raise ValueError(f"Expected type str{place}, but got type {type(value)}.")
    if valid_values is not None and value not in valid_values:
        permitted = "', '".join(valid_values)
        raise ValueError(
            custom_msg or f"Unknown value '{value}' for argument {arg}. Valid values are {{'{permitted}'}}."
        )
    return value


__getattr__ = vision_getattr(__name__)
