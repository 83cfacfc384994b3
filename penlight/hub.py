"""`torch.hub`: models from local folders, weights from the local cache, where they are downloaded if need be.

Source: https://docs.pytorch.org/docs/stable/hub.html
"""

from __future__ import annotations

import importlib.util
import os
import re
import sys
from typing import Any
from urllib.parse import urlparse

from penlight.io import load as _load_checkpoint
from penlight.ledger.missing import module_getattr
from penlight.utils.download import fetch, file_digest

__all__ = ["download_url_to_file", "get_dir", "help", "list", "load", "load_state_dict_from_url", "set_dir"]

HASH_REGEX = re.compile(r"-([a-f0-9]*)\.")
_chosen: dict[str, str] = {}


def _get_torch_home() -> str:
    cache = os.environ.get("XDG_CACHE_HOME", "~/.cache")
    return os.path.expanduser(os.environ.get("TORCH_HOME", os.path.join(cache, "torch")))


def get_dir() -> str:
    """The folder of cached files: as set, else `$TORCH_HOME/hub`, else `~/.cache/torch/hub`."""
    return _chosen.get("dir") or os.path.join(_get_torch_home(), "hub")


def set_dir(d: str | os.PathLike) -> None:
    """Set the folder of cached files."""
    _chosen["dir"] = os.path.expanduser(os.fspath(d))


def download_url_to_file(url: str, dst: str, hash_prefix: str | None = None, progress: bool = True) -> None:
    """Download a file. Args: hash_prefix: the first digits of its SHA-256 sum; progress: show a bar on a terminal.

    Raises: DownloadError (a RuntimeError and an OSError) saying which file to save where; PENLIGHT_OFFLINE=1 in the
    environment forbids downloads.
    Source: https://docs.pytorch.org/docs/stable/hub.html#torch.hub.download_url_to_file
    """
    advice = "torch.hub.get_dir() and $TORCH_HOME say where files are looked for"
    fetch([url], os.path.expanduser(dst), hash_prefix, advice, progress, schemes=("http", "https", "file"))


def _check_hash(path: str, prefix: str) -> None:
    found = file_digest(path)
    if not found.startswith(prefix):
        raise RuntimeError(
            f'invalid hash value (expected "{prefix}", got "{found}") of {path}: delete it and download it again'
        )


def load_state_dict_from_url(
    url: str,
    model_dir: str | None = None,
    map_location: Any = None,
    progress: bool = True,
    check_hash: bool = False,
    file_name: str | None = None,
    weights_only: bool = False,
) -> dict[str, Any]:
    """Load a file of weights from the cache folder, under the name it has in the URL.

    A file that is not there is downloaded. Differs from PyTorch: files hold tensors only (`weights_only=True`).

    Args: model_dir, default `get_dir()/checkpoints`; check_hash, compare the SHA-256 with the digits in the
    file's name.
    Raises: OSError saying which file to save where; RuntimeError for a wrong hash.
    Source: https://docs.pytorch.org/docs/stable/hub.html#torch.hub.load_state_dict_from_url
    """
    folder = os.path.join(get_dir(), "checkpoints") if model_dir is None else model_dir
    name = file_name if file_name is not None else os.path.basename(urlparse(url).path)
    path = os.path.join(folder, name)
    found = HASH_REGEX.search(name) if check_hash else None
    if not os.path.exists(path):
        download_url_to_file(url, path, found.group(1) if found else None, progress)
    elif found:
        _check_hash(path, found.group(1))
    return _load_checkpoint(path, map_location=map_location, weights_only=True)


def _hubconf(folder: str) -> Any:
    path = os.path.join(folder, "hubconf.py")
    if not os.path.exists(path):
        raise FileNotFoundError(2, os.strerror(2), path)
    spec: Any = importlib.util.spec_from_file_location("hubconf", path)
    module = importlib.util.module_from_spec(spec)
    sys.path.insert(0, folder)
    try:
        spec.loader.exec_module(module)
    finally:
        sys.path.remove(folder)
    for name in getattr(module, "dependencies", None) or ():
        if importlib.util.find_spec(name) is None:
            raise RuntimeError(f"Missing dependencies: {name}")
    return module


def _local(repo_or_dir: str, source: str) -> Any:
    source = source.lower()
    if source not in ("github", "local"):
        raise ValueError(f'Unknown source: "{source}". Allowed values: "github" | "local".')
    if source == "github":
        name, _, branch = repo_or_dir.partition(":")
        owner, repository = name.split("/")
        folders = (
            [f"{owner}_{repository}_{branch}"] if branch else [f"{owner}_{repository}_{b}" for b in ("main", "master")]
        )
        places = [os.path.join(get_dir(), folder) for folder in folders]
        found = [place for place in places if os.path.isdir(place)]
        if not found:
            raise OSError(
                f"penlight does not download repositories: expected the folder {places[0]}, which does not exist. Put "
                f"a copy of https://github.com/{name} there, or pass its folder with source='local'"
            )
        repo_or_dir = found[0]
    return _hubconf(os.path.abspath(repo_or_dir))


def _entry(module: Any, model: str) -> Any:
    if not isinstance(model, str):
        raise ValueError("Invalid input: model should be a string of function name")
    function = getattr(module, model, None)
    if function is None or not callable(function):
        raise RuntimeError(f"Cannot find callable {model} in hubconf")
    return function


def load(
    repo_or_dir: str,
    model: str,
    *args: Any,
    source: str = "github",
    trust_repo: Any = None,
    force_reload: bool = False,
    verbose: bool = True,
    skip_validation: bool = False,
    **kwargs: Any,
) -> Any:
    """Call a function of a folder's `hubconf.py`, usually one that makes a model.

    Differs from PyTorch: a GitHub repository must lie in the cache folder already.
    Raises: FileNotFoundError without a hubconf.py; OSError when the repository is not there; RuntimeError for an unknown
    function or a missing dependency.
    Source: https://docs.pytorch.org/docs/stable/hub.html#torch.hub.load
    """
    return _entry(_local(repo_or_dir, source), model)(*args, **kwargs)


def list(github: str, force_reload: bool = False, skip_validation: bool = False, **options: Any) -> Any:
    """The functions that a cached repository's `hubconf.py` offers."""
    module = _local(github, "github")
    return [name for name in dir(module) if callable(getattr(module, name)) and not name.startswith("_")]


def help(github: str, model: str, **options: Any) -> str | None:
    """The docstring of a function of a cached repository's `hubconf.py`."""
    return _entry(_local(github, "github"), model).__doc__


__getattr__ = module_getattr(__name__)
