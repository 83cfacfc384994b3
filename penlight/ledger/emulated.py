"""The version text that programs compare: a str that orders as PEP 440 says."""

from __future__ import annotations

import re
from collections.abc import Iterable

_PATTERN = re.compile(
    r"\s*v?(?:(?P<epoch>\d+)!)?(?P<release>\d+(?:\.\d+)*)"
    r"(?:[-_.]?(?P<pre>a|b|c|rc|alpha|beta|pre|preview)[-_.]?(?P<pre_number>\d*))?"
    r"(?P<post>-(?P<implicit>\d+)|[-_.]?(?:post|rev|r)[-_.]?(?P<post_number>\d*))?"
    r"(?P<dev>[-_.]?dev[-_.]?(?P<dev_number>\d*))?"
    r"(?:\+(?P<local>[a-z0-9]+(?:[-_.][a-z0-9]+)*))?\s*",
    re.IGNORECASE,
)
_PRE_RANK = {"a": 0, "alpha": 0, "b": 1, "beta": 1}  # everything else is a release candidate
_FINAL = (3, 0)  # after every pre-release


def _key(text: str) -> tuple | None:
    """Return what orders a version as PEP 440 does, None when the text is no version."""
    match = _PATTERN.fullmatch(text)
    if match is None:
        return None
    release = [int(part) for part in match["release"].split(".")]
    while release and release[-1] == 0:  # 2.0 equals 2.0.0
        release.pop()
    has_post, has_dev = match["post"] is not None, match["dev"] is not None
    if match["pre"]:
        pre = (_PRE_RANK.get(match["pre"].lower(), 2), int(match["pre_number"] or 0))
    else:
        pre = (-1, 0) if has_dev and not has_post else _FINAL
    post = int(match["implicit"] or match["post_number"] or 0) if has_post else -1
    dev = (0, int(match["dev_number"] or 0)) if has_dev else (1, 0)
    # Numbers come after letters in the local part, and any local part after none.
    parts = re.split(r"[-_.]", match["local"].lower()) if match["local"] else []
    local = tuple((1, int(part), "") if part.isdigit() else (0, 0, part) for part in parts)
    return int(match["epoch"] or 0), tuple(release), pre, post, dev, local


class TorchVersion(str):
    """A version text that compares with texts and tuples by PEP 440, and as a plain str with anything else.

    Source: https://docs.pytorch.org/docs/2.13/_modules/torch/torch_version.html

    >>> TorchVersion("2.13.0+penlight") >= (1, 8), TorchVersion("2.13.0") > "2.9"
    (True, True)
    """

    def _pair(self, other: object) -> tuple:
        if isinstance(other, Iterable) and not isinstance(other, str):
            other = ".".join(str(part) for part in other)
        if isinstance(other, str):
            mine, its = _key(self), _key(other)
            if mine is not None and its is not None:
                return mine, its
            return str(self), str(other)
        return str(self), other

    def __gt__(self, other: object) -> bool:
        mine, its = self._pair(other)
        return mine > its

    def __ge__(self, other: object) -> bool:
        mine, its = self._pair(other)
        return mine >= its

    def __lt__(self, other: object) -> bool:
        mine, its = self._pair(other)
        return mine < its

    def __le__(self, other: object) -> bool:
        mine, its = self._pair(other)
        return mine <= its

    def __eq__(self, other: object) -> bool:
        mine, its = self._pair(other)
        return mine == its

    def __ne__(self, other: object) -> bool:
        return not self == other

    __hash__ = str.__hash__
