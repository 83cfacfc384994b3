"""Datasets of pairs of sentences.

Source: https://docs.pytorch.org/text/stable/datasets.html#multi30k and
https://torchtext.readthedocs.io/en/latest/datasets.html#machine-translation (0.8)
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from penlight.text.data import Dataset, Example, interleave_keys
from penlight.text.datasets.files import RawTextIterableDataset, by_split, raw_dataset, require, search, through_fields
from penlight.text.utils import extract_archive, fetch_from_any, unpack

__all__ = ["IWSLT", "IWSLT2016", "IWSLT2017", "Multi30k", "TranslationDataset", "WMT14"]


class TranslationDataset(Dataset):
    """Two text files with a sentence in each line; pairs with an empty line are left out.

    Args: path: prefix of both; exts: what follows it, for the source and the target; fields: two fields (for `src` and
        `trg`), or pairs (name, field).
    Raises: ValueError when one file has more lines than the other.
    """

    urls: list = []

    def __init__(self, path: str | os.PathLike, exts: Sequence[str], fields: Sequence, **kwargs: Any):
        if not isinstance(fields[0], (tuple, list)):
            fields = [("src", fields[0]), ("trg", fields[1])]
        source, target = (require(os.path.expanduser(os.fspath(path) + ext), self.urls) for ext in exts)
        examples = [
            Example.fromlist(pair, fields) for pair in _pairs(source, target) if pair[0] != "" and pair[1] != ""
        ]
        super().__init__(examples, fields, **kwargs)

    @staticmethod
    def sort_key(ex: Any) -> int:  # type: ignore[override]
        """The lengths of both sentences, interleaved."""
        return interleave_keys(len(ex.src), len(ex.trg))

    @classmethod
    def splits(  # type: ignore[override]
        cls, exts: Sequence[str], fields: Sequence, path: str | None = None, root: str = ".data",
        train: str | None = "train", validation: str | None = "val", test: str | None = "test", **kwargs: Any,
    ) -> tuple[Dataset, ...]:  # fmt: skip
        """The train, validation and test sets, those whose prefix is not None, of the folder `path`."""
        if path is None:
            path = cls.download(root)
        names = [name for name in (train, validation, test) if name is not None]
        return tuple(cls(os.path.join(path, name), exts, fields, **kwargs) for name in names)


def _pairs(source: str, target: str, strip: Callable = str.strip, *characters: str) -> Iterator[tuple[str, str]]:
    with open(source, encoding="utf-8") as first, open(target, encoding="utf-8") as second:
        for line in first:
            other = next(second, None)
            if other is None:
                raise ValueError(f"expected as many lines in {target} as in {source}, got fewer")
            yield strip(line, *characters), strip(other, *characters)
        if next(second, None) is not None:
            raise ValueError(f"expected as many lines in {target} as in {source}, got more")


class Multi30k(TranslationDataset):
    """Multi30k, German and English: `Multi30k.splits(exts=(".de", ".en"), fields=(src, trg))`.

    `Multi30k(split="train", language_pair=("de", "en"))` gives pairs of lines, as torchtext 0.12 to 0.18.

    Files: `root/multi30k/train.de`, train.en, val.de, val.en, test2016.de, test2016.en (or test.de, test.en).
    Raises: DownloadError naming the archive, the URLs and where to put it, with no files and no network.
    Source: https://docs.pytorch.org/text/stable/datasets.html#multi30k; Elliott et al., "Multi30K", 2016.
    """

    name = "multi30k"
    dirname = ""
    urls = [
        f"https://raw.githubusercontent.com/neychev/small_DL_repo/master/datasets/Multi30k/{file}.tar.gz"
        for file in ("training", "validation", "mmt16_task1_test")
    ]
    files = {"train": ("train",), "valid": ("val",), "test": ("test2016", "test")}

    def __new__(cls, *args: Any, **kwargs: Any) -> Any:
        return super().__new__(cls) if through_fields(args, kwargs) else cls._raw(*args, **kwargs)

    @staticmethod
    def _raw(
        root: str | os.PathLike = ".data", split: Any = ("train", "valid", "test"),
        language_pair: Sequence[str] = ("de", "en"),
    ) -> Any:  # fmt: skip
        if sorted(language_pair) != ["de", "en"]:
            raise ValueError(f"language_pair must be ('de', 'en') or ('en', 'de'), got {tuple(language_pair)}")
        return _multi30k(language_pair[0])(root, split)

    @classmethod
    def download(cls, root: str, check: str | None = None) -> str:
        """Download and unpack those of the three archives whose files are not there; return their folder."""
        folder = os.path.join(root, cls.name)
        for url, prefixes in zip(cls.urls, cls.files.values()):
            stems = [os.path.join(folder, prefix) for prefix in prefixes]
            if any(os.path.exists(stem + ".de") and os.path.exists(stem + ".en") for stem in stems):
                continue
            archive = os.path.join(folder, os.path.basename(url))
            if not os.path.isfile(archive):
                whole = os.path.abspath(stems[0])
                fetch_from_any([url], archive, advice=f"save its files as {whole}.de and {whole}.en")
            extract_archive(archive, folder)
        return folder

    @classmethod
    def splits(  # type: ignore[override]
        cls, exts: Sequence[str], fields: Sequence, root: str = ".data", train: str | None = "train",
        validation: str | None = "val", test: str | None = "test2016", **kwargs: Any,
    ) -> tuple[Dataset, ...]:  # fmt: skip
        """The train, validation and test sets, those whose prefix is not None.

        Args: exts: (".de", ".en"), or the other way round; fields: two fields; path: another folder.
        """
        path = kwargs.pop("path", None) or cls.download(root)
        if test == "test2016" and not os.path.exists(os.path.join(path, test + exts[0])):
            test = "test"  # its name in later archives
        return super().splits(exts, fields, path, root, train, validation, test, **kwargs)


def _multi30k(source: str) -> Callable:
    def read(path: str) -> Iterator[tuple[str, str]]:
        return _pairs(path, path[:-2] + ("en" if source == "de" else "de"), str.rstrip, "\n")

    return raw_dataset(
        "Multi30k", "Pairs of lines.",
        {part: "|".join(f"{stem}.{source}" for stem in stems) for part, stems in Multi30k.files.items()},
        dict(zip(Multi30k.files, Multi30k.urls)),
        {
            "train": "20140d013d05dd9a72dfde46478663ba05737ce983f478f960c1123c6671be5e",
            "valid": "a7aa20e9ebd5ba5adce7909498b94410996040857154dab029851af3a866da8c",
            "test": "6d1ca1dba99e2c5dd54cae1226ff11c2551e6ce63527ebb072a1f70f72a5cd36",
        },
        read,
    )  # fmt: skip


class WMT14(TranslationDataset):
    """WMT 14, English and German, in subwords: `WMT14.splits(exts=(".en", ".de"), fields=(src, trg))`.

    Files: `root/wmt14/train.tok.clean.bpe.32000.en`, newstest2013.tok.bpe.32000.en, newstest2014..., and .de.
    Source: https://torchtext.readthedocs.io/en/latest/datasets.html#wmt14 (0.8)
    """

    urls = [("https://drive.google.com/uc?export=download&id=0B_bZck-ksdkpM25jRUN2X2UxMm8", "wmt16_en_de.tar.gz")]
    name, dirname = "wmt14", ""

    @classmethod
    def splits(  # type: ignore[override]
        cls, exts: Sequence[str], fields: Sequence, root: str = ".data",
        train: str | None = "train.tok.clean.bpe.32000", validation: str | None = "newstest2013.tok.bpe.32000",
        test: str | None = "newstest2014.tok.bpe.32000", **kwargs: Any,
    ) -> tuple[Dataset, ...]:  # fmt: skip
        """The train, validation and test sets. Args: path: another folder."""
        path = kwargs.pop("path", None) or cls.download(root)
        return super().splits(exts, fields, path, root, train, validation, test, **kwargs)


# Lines of a talk's description in the files for training; those of the others are XML.
_DESCRIPTIONS = ("<url", "<keywords", "<talkid", "<description", "<reviewer", "<translator", "<title", "<speaker")


def _sentences(path: str) -> Iterator[str]:
    """The sentences of one of IWSLT's files: of its XML, or the lines that describe no talk."""
    with open(path, encoding="utf-8") as file:
        if path.endswith(".xml"):
            yield from (text.strip() for text in re.findall(r"<seg[^>]*>(.*?)</seg>", file.read(), re.DOTALL))
        else:
            yield from (line.strip() for line in file if not any(tag in line for tag in _DESCRIPTIONS))


class IWSLT(TranslationDataset):
    """IWSLT 2016's talks: `IWSLT.splits(exts=(".de", ".en"), fields=(src, trg))`.

    Files: `root/iwslt/de-en/train.tags.de-en.de`, IWSLT16.TED.tst2013.de-en.de.xml, ..., and the same with .en; their
    sentences are written beside them (train.de-en.de, ...).
    Source: https://torchtext.readthedocs.io/en/latest/datasets.html#iwslt (0.8)
    """

    base_url = "https://wit3.fbk.eu/archive/2016-01//texts/{}/{}/{}.tgz"
    name, base_dirname = "iwslt", "{}-{}"

    @classmethod
    def splits(  # type: ignore[override]
        cls, exts: Sequence[str], fields: Sequence, root: str = ".data", train: str | None = "train",
        validation: str | None = "IWSLT16.TED.tst2013", test: str | None = "IWSLT16.TED.tst2014", **kwargs: Any,
    ) -> tuple[Dataset, ...]:  # fmt: skip
        """The train, validation and test sets. Args: exts: of the source and the target; path: another folder."""
        languages = [ext.lstrip(".") for ext in exts]
        cls.dirname = cls.base_dirname.format(*languages)
        cls.urls = [cls.base_url.format(*languages, cls.dirname)]
        path = kwargs.pop("path", None) or cls.download(root, check=os.path.join(root, cls.name, cls.dirname))
        names = [None if name is None else f"{name}.{cls.dirname}" for name in (train, validation, test)]
        if any(name and not os.path.exists(os.path.join(path, name + ext)) for name in names for ext in exts):
            cls.clean(path)
        return super().splits(exts, fields, path, root, *names, **kwargs)

    @staticmethod
    def clean(path: str) -> None:
        """Write the sentences of a folder's files, one a line."""
        for name in os.listdir(path):
            if name.endswith(".xml") or ".tags" in name:
                target = os.path.join(path, name.removesuffix(".xml").replace(".tags", ""))
                with open(target + ".part", "w", encoding="utf-8") as file:
                    file.writelines(sentence + "\n" for sentence in _sentences(os.path.join(path, name)))
                os.replace(target + ".part", target)


def _talks(
    name: str, outer: str, inner: str, prefix: str, url: str, md5: str, root: str, split: Any, pair: Sequence[str],
    sets: dict[str, str],
) -> Any:  # fmt: skip
    """Pairs of sentences from an archive within an archive. Args: sets: the file's name for "valid" and "test"."""
    folders = [name, os.path.join("datasets", name), ""]
    member = f"{outer}/texts/{inner}"  # the archive of one pair, which is unpacked to the folder of its name

    def locate(file: str) -> str | None:
        return next((p for place in (f"{member}/{file}", f"{member}/{os.path.basename(member)}/{file}")
                     if (p := search(root, folders, place))), None)  # fmt: skip

    def path_of(part: str, language: str) -> str:
        middle = "-".join(pair)
        file = (
            f"train.tags.{middle}.{language}" if part == "train" else f"{prefix}.{sets[part]}.{middle}.{language}.xml"
        )
        found = locate(file)
        if found is None:
            archive = search(root, folders, member + ".tgz")
            if archive is None:
                folder = os.path.join(root, name)
                packed = os.path.join(folder, f"{outer}.tgz")
                if not os.path.isfile(packed):
                    fetch_from_any([url], packed, digest=md5)
                unpack(packed, folder)
                archive = require(os.path.join(folder, member + ".tgz"), [url])
            target = archive.removesuffix(".tgz")
            os.makedirs(target, exist_ok=True)
            unpack(archive, target)
            found = locate(file) or require(os.path.join(target, file), [url])
        return found

    def make(part: str) -> RawTextIterableDataset:
        source, target = (path_of(part, language) for language in pair)

        def read() -> Iterator[tuple[str, str]]:
            for first, second in zip(_sentences(source), _sentences(target)):
                yield first + "\n", second + "\n"

        return RawTextIterableDataset(read)

    return by_split(split, ("train", "valid", "test"), make, name)


def _check_pair(pair: Sequence[str], allowed: Callable[[str, str], bool], known: str) -> None:
    if not isinstance(pair, (list, tuple)):
        raise ValueError(f"language_pair must be list or tuple but got {type(pair)} instead")
    if len(pair) != 2:
        raise ValueError("language_pair must contain only 2 elements: src and tgt language respectively")
    if not allowed(*pair):
        raise ValueError(f"language_pair {tuple(pair)} is not valid. Supported are {known}")


def IWSLT2016(
    root: str | os.PathLike = ".data", split: Any = ("train", "valid", "test"),
    language_pair: Sequence[str] = ("de", "en"), valid_set: str = "tst2013", test_set: str = "tst2014",
) -> Any:  # fmt: skip
    """Pairs of sentences of talks, each with its line's end, between English and ar, cs, de or fr.

    Files: `root/IWSLT2016/2016-01.tgz`, which is unpacked there.
    Raises: ValueError for other pairs and sets; DownloadError.
    Source: https://docs.pytorch.org/text/stable/datasets.html#iwslt2016
    """
    others = ("ar", "cs", "de", "fr")
    _check_pair(
        language_pair, lambda a, b: (a == "en" and b in others) or (b == "en" and a in others),
        f"'en' with one of {others}",
    )  # fmt: skip
    known = ["dev2010", *(f"tst{year}" for year in range(2010, 2015))]
    sets = {"valid": valid_set, "test": test_set}
    for part, chosen in sets.items():
        if chosen not in known:
            raise ValueError(f"{part}_set {chosen!r} is not valid. Supported are {known}")
    source, target = language_pair
    return _talks(
        "IWSLT2016", "2016-01", f"{source}/{target}/{source}-{target}", "IWSLT16.TED",
        "https://drive.google.com/uc?id=1l5y6Giag9aRPwGtuZHswh3w5v3qEz8D8", "c393ed3fc2a1b0f004b3331043f615ae",
        os.fspath(root), split, language_pair, sets,
    )  # fmt: skip


def IWSLT2017(
    root: str | os.PathLike = ".data", split: Any = ("train", "valid", "test"),
    language_pair: Sequence[str] = ("de", "en"),
) -> Any:  # fmt: skip
    """Pairs of sentences of talks, each with its line's end, between any two of de, en, it, nl and ro.

    Validation is dev2010, test tst2010. Files: `root/IWSLT2017/2017-01-trnmted.tgz`, which is unpacked there.
    Raises: ValueError for other pairs; DownloadError.
    Source: https://docs.pytorch.org/text/stable/datasets.html#iwslt2017
    """
    known = ("de", "en", "it", "nl", "ro")
    _check_pair(language_pair, lambda a, b: a != b and {a, b} <= set(known), f"any two of {known}")
    return _talks(
        "IWSLT2017", "2017-01-trnmted", "DeEnItNlRo/DeEnItNlRo/DeEnItNlRo-DeEnItNlRo", "IWSLT17.TED",
        "https://fbk.sharepoint.com/sites/MTUnit/_layouts/15/download.aspx?SourceUrl=%2Fsites%2FMTUnit%2F"
        "Shared%20Documents%2Fwebsites%2FWIT3%2Dlibrary%2F2017%2D01%2Dtrnmted%2Etgz",
        "aca701032b1c4411afc4d9fa367796ba", os.fspath(root), split, language_pair,
        {"valid": "dev2010", "test": "tst2010"},
    )  # fmt: skip
