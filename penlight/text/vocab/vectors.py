"""Pretrained word vectors, read from text files.

Source: https://docs.pytorch.org/text/stable/vocab.html#pretrained-word-embeddings
"""

from __future__ import annotations

import functools
import os
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

import penlight
from penlight.text.utils import extract_archive, fetch_from_any

__all__ = ["CharNGram", "FastText", "GloVe", "Vectors", "pretrained_aliases"]


class Vectors:
    """Word vectors from a text file with lines of a token and its numbers.

    A first line of two numbers (how many vectors, of what size) is skipped. Of a token that comes twice, the last line
    counts. Differs from torchtext: nothing is written beside the file to speed up the next reading.

    Args:
        name: the file, or its name in `cache`.
        cache: folder of the files, ".vector_cache" by default.
        url: where to download the file, or an archive that holds it, when it is not there.
        unk_init: function that fills the vector of an unknown token; zeros by default.
        max_vectors: read no more than so many.

    Attributes: itos, stoi, dim, and vectors: (N, dim) float32.

    Raises: RuntimeError when there is no file and no URL, or for lines of different lengths; DownloadError.
    Source: https://docs.pytorch.org/text/stable/vocab.html#torchtext.vocab.Vectors
    """

    def __init__(
        self, name: str | os.PathLike, cache: str | None = None, url: str | None = None,
        unk_init: Callable | None = None, max_vectors: int | None = None,
    ):  # fmt: skip
        self.unk_init = penlight.Tensor.zero_ if unk_init is None else unk_init
        self.itos: list[str] = []
        self.stoi: dict[str, int] = {}
        self._read(self._locate(os.fspath(name), ".vector_cache" if cache is None else cache, url), max_vectors)

    @staticmethod
    def _locate(name: str, cache: str, url: str | None) -> str:
        if os.path.isfile(name):
            return name
        path = os.path.join(cache, name)
        if os.path.isfile(path):
            return path
        if url is None:
            raise RuntimeError(f"no vectors found at {path}, and no URL to download them from was given")
        archive = os.path.join(cache, os.path.basename(url))
        if not os.path.isfile(archive):
            fetch_from_any([url], archive, advice=f"save the file in it as {os.path.abspath(path)}")
        if archive != path:
            extract_archive(archive, cache)
        if not os.path.isfile(path):
            raise RuntimeError(f"no vectors found at {path}: {archive} does not hold them")
        return path

    def _read(self, path: str, max_vectors: int | None) -> None:
        found: dict[str, np.ndarray] = {}
        self.dim: int | None = None
        with open(path, "rb") as file:
            for line in file:
                token, *entries = line.rstrip().split(b" ")
                if self.dim is None and len(entries) == 1:
                    continue  # the header
                if self.dim is None:
                    self.dim = len(entries)
                elif len(entries) != self.dim:
                    raise RuntimeError(
                        f"Vector for token {token!r} has {len(entries)} dimensions, but previously read vectors have "
                        f"{self.dim} dimensions. All vectors must have the same number of dimensions."
                    )
                try:
                    word = token.decode("utf-8")
                except UnicodeDecodeError:
                    continue  # as torchtext does: GloVe holds a few such tokens
                found[word] = np.array(entries, dtype=np.float32)
                if max_vectors is not None and len(found) == max_vectors:
                    break
        if self.dim is None:
            raise RuntimeError(f"expected lines of a token and its numbers in {path}, found none")
        self.itos = list(found)
        self.stoi = {token: index for index, token in enumerate(self.itos)}
        self.vectors = penlight.from_numpy(
            np.stack([*found.values()]) if found else np.zeros((0, self.dim), np.float32)
        )

    def __getitem__(self, token: str) -> Any:
        """The vector of a token: (dim,)."""
        row = self.stoi.get(token)
        return self.unk_init(penlight.zeros(self.dim)) if row is None else self.vectors[row]

    def __len__(self) -> int:
        return len(self.vectors)

    def __contains__(self, token: str) -> bool:
        return token in self.stoi

    def get_vecs_by_tokens(self, tokens: str | Sequence[str], lower_case_backup: bool = False) -> Any:
        """The vectors of tokens: (N, dim), or (dim,) for one token.

        Args: lower_case_backup: look for the token in lower case when it is not there as written.
        """
        names = [tokens] if isinstance(tokens, str) else list(tokens)
        if lower_case_backup:
            names = [token if token in self.stoi else token.lower() for token in names]
        rows = penlight.stack([self[token] for token in names])
        return rows[0] if isinstance(tokens, str) else rows


class GloVe(Vectors):
    """The GloVe vectors: `glove.NAME.DIMd.txt` in the cache folder.

    Args: name: "42B", "840B", "twitter.27B" or "6B"; dim: the size of a vector; others as for `Vectors`.
    Source: https://docs.pytorch.org/text/stable/vocab.html#glove; Pennington et al., "GloVe", EMNLP 2014.
    """

    url = {
        "42B": "http://nlp.stanford.edu/data/glove.42B.300d.zip",
        "840B": "http://nlp.stanford.edu/data/glove.840B.300d.zip",
        "twitter.27B": "http://nlp.stanford.edu/data/glove.twitter.27B.zip",
        "6B": "http://nlp.stanford.edu/data/glove.6B.zip",
    }

    def __init__(self, name: str = "840B", dim: int = 300, **kwargs: Any):
        super().__init__(f"glove.{name}.{dim}d.txt", url=self.url[name], **kwargs)


class FastText(Vectors):
    """The fastText vectors of Wikipedia: `wiki.LANGUAGE.vec` in the cache folder, of size 300.

    Source: https://docs.pytorch.org/text/stable/vocab.html#fasttext
    """

    def __init__(self, language: str = "en", **kwargs: Any):
        name = f"wiki.{language}.vec"
        super().__init__(name, url=f"https://dl.fbaipublicfiles.com/fasttext/vectors-wiki/{name}", **kwargs)


class CharNGram(Vectors):
    """Vectors of n-grams of 2 to 4 characters: `charNgram.txt` in the cache folder. A word's is the mean of its n-grams'.

    Source: https://torchtext.readthedocs.io/en/latest/vocab.html#charngram (0.8); Hashimoto et al., EMNLP 2017.
    """

    name = "charNgram.txt"
    url = "http://www.logos.t.u-tokyo.ac.jp/~hassy/publications/arxiv2016jmt/jmt_pre-trained_embeddings.tar.gz"

    def __init__(self, **kwargs: Any):
        super().__init__(self.name, url=self.url, **kwargs)

    def __getitem__(self, token: str) -> Any:
        """The vector of a token: (1, dim), as in torchtext."""
        total, count = penlight.zeros(1, self.dim), 0
        if token == "<unk>":
            return self.unk_init(total)
        letters = ["#BEGIN#", *token, "#END#"]
        for size in (2, 3, 4):
            for start in range(len(letters) - size + 1):
                row = self.stoi.get(f"{size}gram-" + "".join(letters[start : start + size]))
                if row is not None:
                    total, count = total + self.vectors[row], count + 1
        return total / count if count else self.unk_init(total)


# A name such as "glove.6B.100d" for the class with its arguments
pretrained_aliases: dict[str, Callable] = {
    "charngram.100d": CharNGram,
    **{f"fasttext.{language}.300d": functools.partial(FastText, language=language) for language in ("en", "simple")},
    **{
        f"glove.{name}.{dim}d": functools.partial(GloVe, name=name, dim=dim)
        for name, sizes in (
            ("42B", [300]),
            ("840B", [300]),
            ("twitter.27B", [25, 50, 100, 200]),
            ("6B", [50, 100, 200, 300]),
        )
        for dim in sizes
    },
}
