"""Fields: how a column of a dataset becomes tokens, then padded rows, then tensors.

Source: https://torchtext.readthedocs.io/en/latest/data.html#fields (0.8)
"""

from __future__ import annotations

import collections
import copy
import itertools
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import penlight
from penlight.ledger.missing import placeholder
from penlight.text.data.dataset import Dataset
from penlight.text.data.utils import get_tokenizer
from penlight.text.optional import need
from penlight.text.vocab.counted import CountedVocab

__all__ = ["Field", "LabelField", "NestedField", "RawField", "ReversibleField", "SubwordField"]


class RawField:
    """A column that is taken as it is, after `preprocessing` of each value and `postprocessing` of each batch.

    >>> RawField(preprocessing=len).preprocess("four")
    4
    """

    def __init__(
        self, preprocessing: Callable | None = None, postprocessing: Callable | None = None, is_target: bool = False
    ):
        self.preprocessing = preprocessing
        self.postprocessing = postprocessing
        self.is_target = is_target

    def preprocess(self, x: Any) -> Any:
        """One value, preprocessed."""
        return x if self.preprocessing is None else self.preprocessing(x)

    def process(self, batch: Iterable, *args: Any, **kwargs: Any) -> Any:
        """A batch, postprocessed."""
        return batch if self.postprocessing is None else self.postprocessing(batch)


class Field(RawField):
    """A column of text, or of numbers with `use_vocab=False`.

    Args:
        sequential: values are sequences: they are tokenized and padded.
        use_vocab: values are tokens, to be numbered by `vocab`.
        init_token, eos_token: put before and after each row, when given.
        fix_length: the length of all rows, those tokens included; None pads to the longest of the batch.
        dtype: of the tensors.
        preprocessing: function of a value's tokens, before they are numbered.
        postprocessing: function of a batch's numbers and the vocabulary (None without one), before they are a tensor.
        lower: lower the case.
        tokenize, tokenizer_language: as for `get_tokenizer`.
        include_lengths: return (tensor, lengths).
        batch_first: (B, T) instead of (T, B).
        pad_token, unk_token: in the vocabulary, unless None.
        pad_first, truncate_first: pad and cut at the beginning.
        stop_words: tokens to drop.
        is_target: the column is a target in `for input, target in iterator`.

    Raises: ValueError for stop words that are not a collection.

    >>> text = Field(lower=True, init_token="<sos>", eos_token="<eos>")
    >>> text.build_vocab([["a", "b", "b"]], min_freq=2)
    >>> text.vocab.itos
    ['<unk>', '<pad>', '<sos>', '<eos>', 'b']
    >>> text.process([["b", "b"], ["a"]])
    tensor([[2, 2],
            [4, 0],
            [4, 3],
            [3, 1]])
    """

    vocab_cls = CountedVocab
    # How a str becomes a number of a dtype, when there is no vocabulary
    dtypes = {
        **dict.fromkeys((penlight.float64, penlight.float32, penlight.float16), float),
        **dict.fromkeys((penlight.uint8, penlight.int8, penlight.int16, penlight.int32, penlight.int64), int),
    }
    ignore = ("dtype", "tokenize")  # in comparisons

    def __init__(
        self, sequential: bool = True, use_vocab: bool = True, init_token: str | None = None,
        eos_token: str | None = None, fix_length: int | None = None, dtype: penlight.dtype = penlight.long,
        preprocessing: Callable | None = None, postprocessing: Callable | None = None, lower: bool = False,
        tokenize: str | Callable | None = None, tokenizer_language: str = "en", include_lengths: bool = False,
        batch_first: bool = False, pad_token: str | None = "<pad>", unk_token: str | None = "<unk>",
        pad_first: bool = False, truncate_first: bool = False, stop_words: Iterable[str] | None = None,
        is_target: bool = False,
    ):  # fmt: skip
        super().__init__(preprocessing, postprocessing, is_target)
        self.sequential = sequential
        self.use_vocab = use_vocab
        self.init_token = init_token
        self.eos_token = eos_token
        self.unk_token = unk_token
        self.fix_length = fix_length
        self.dtype = dtype
        self.lower = lower
        self.tokenizer_args = (tokenize, tokenizer_language)
        self.tokenize = get_tokenizer(tokenize, tokenizer_language)
        self.include_lengths = include_lengths
        self.batch_first = batch_first
        self.pad_token = pad_token if sequential else None
        self.pad_first = pad_first
        self.truncate_first = truncate_first
        try:
            self.stop_words = None if stop_words is None else set(stop_words)
        except TypeError:
            raise ValueError(f"Stop words must be convertible to a set, got {type(stop_words).__name__}") from None

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Field):
            return NotImplemented
        mine, others = ({k: v for k, v in vars(f).items() if k not in self.ignore} for f in (self, other))
        return mine == others

    def __hash__(self) -> int:
        return hash(Field)  # equal fields may differ in all that could be hashed later

    def preprocess(self, x: Any) -> Any:
        """One value: tokenized, in lower case, without stop words, preprocessed, as the arguments say."""
        if self.sequential and isinstance(x, str):
            x = self.tokenize(x.rstrip("\n"))
        if self.lower:
            x = [token.lower() for token in x] if isinstance(x, list) else x.lower()
        if self.sequential and self.use_vocab and self.stop_words is not None:
            x = [token for token in x if token not in self.stop_words]
        return x if self.preprocessing is None else self.preprocessing(x)

    def process(self, batch: Iterable, device: Any = None) -> Any:
        """A batch of preprocessed values as a tensor, on `device`."""
        return self.numericalize(self.pad(batch), device=device)

    def pad(self, minibatch: Iterable) -> Any:
        """Rows of one length, with `init_token` and `eos_token`; with `include_lengths`, (rows, their lengths).

        What is not sequential is returned as it is.

        Raises: ValueError when `fix_length` has no room for `init_token` and `eos_token`.

        >>> Field(fix_length=3, pad_first=True).pad([["a"], ["a", "b", "c", "d"]])
        [['<pad>', '<pad>', 'a'], ['a', 'b', 'c']]
        """
        rows = list(minibatch)
        if not self.sequential:
            return rows
        before = [] if self.init_token is None else [self.init_token]
        after = [] if self.eos_token is None else [self.eos_token]
        if self.fix_length is None:
            size = max(len(row) for row in rows)
        else:
            size = self.fix_length - len(before) - len(after)
            if size < 0:
                raise ValueError(f"fix_length must leave room for init_token and eos_token, got {self.fix_length}")
        padded, lengths = [], []
        for row in rows:
            kept = list(row[max(len(row) - size, 0) :] if self.truncate_first else row[:size])
            filled = [*before, *kept, *after]
            padding = [self.pad_token] * max(0, size - len(row))
            padded.append(padding + filled if self.pad_first else filled + padding)
            lengths.append(len(filled))
        return (padded, lengths) if self.include_lengths else padded

    def _marks(self) -> list[str | None]:
        return [self.unk_token, self.pad_token, self.init_token, self.eos_token]

    def build_vocab(self, *args: Any, **kwargs: Any) -> None:
        """Make `vocab` of the tokens of datasets (their columns of this field) and of iterables of values.

        Args: min_freq, max_size, vectors, unk_init, vectors_cache, specials_first: as for the vocabulary; specials: more
            of them, after unk_token, pad_token, init_token and eos_token.
        """
        counter: collections.Counter = collections.Counter()
        sources: list[Iterable] = []
        for arg in args:
            if isinstance(arg, Dataset):
                sources += [getattr(arg, name) for name, field in arg.fields.items() if field is self]
            else:
                sources.append(arg)
        for value in itertools.chain.from_iterable(sources):
            value = value if self.sequential else [value]
            try:
                counter.update(value)
            except TypeError:  # lists of lists
                counter.update(itertools.chain.from_iterable(value))
        own = [*self._marks(), *kwargs.pop("specials", ())]
        specials = list(dict.fromkeys(token for token in own if token is not None))
        self.vocab = self.vocab_cls(counter, specials=specials, **kwargs)

    def numericalize(self, arr: Any, device: Any = None) -> Any:
        """Padded rows as a tensor.

        Args: arr: rows; with `include_lengths`, (rows, lengths). device: where to put the tensor, the CPU by default.
        Shape: (T, B), or (B, T) with `batch_first`; (B,) for what is not sequential.
        Raises: ValueError for rows without lengths, and for a dtype that numbers cannot be read as.
        """
        if self.include_lengths and not isinstance(arr, tuple):
            raise ValueError(
                "Field has include_lengths set to True, but input data is not a tuple of (data batch, batch lengths), "
                f"got {type(arr).__name__}"
            )
        lengths = None
        if isinstance(arr, tuple):
            arr, lengths = arr
            lengths = penlight.tensor(lengths, dtype=self.dtype, device=device)
        values = self._numbers(arr)
        result = penlight.tensor(values, dtype=self.dtype, device=device)
        if self.sequential:
            result = (result if self.batch_first else result.t()).contiguous()
        return (result, lengths) if self.include_lengths else result

    def _numbers(self, rows: Sequence) -> Any:
        if self.use_vocab:
            if not hasattr(self, "vocab"):
                raise AttributeError("this Field has no vocab yet: call build_vocab(dataset) first")
            index = self.vocab.stoi
            values = [[index[x] for x in row] for row in rows] if self.sequential else [index[x] for x in rows]
            return values if self.postprocessing is None else self.postprocessing(values, self.vocab)
        if self.dtype not in self.dtypes:
            known = sorted(str(dtype) for dtype in self.dtypes)
            raise ValueError(
                f"Specified Field dtype {self.dtype} can not be used with use_vocab=False because we do not know how "
                f"to numericalize it; expected one of {', '.join(known)}"
            )
        convert = self.dtypes[self.dtype]
        # Sequences without a vocabulary hold numbers already, or postprocessing makes them.
        values = list(rows) if self.sequential else [convert(x) if isinstance(x, str) else x for x in rows]
        return values if self.postprocessing is None else self.postprocessing(values, None)


class LabelField(Field):
    """A column of labels: not sequential, a target, with no unknown token.

    >>> label = LabelField()
    >>> label.build_vocab(["neg", "pos", "pos"])
    >>> label.vocab.itos
    ['pos', 'neg']
    """

    def __init__(self, **kwargs: Any):
        super().__init__(**{**kwargs, "sequential": False, "unk_token": None, "is_target": True})


class ReversibleField(Field):
    """A column whose rows of numbers become text again: `reverse`.

    It is tokenized by the package revtok, which keeps the spaces, or with `tokenize=list` by characters. The unknown
    token is " UNK " unless given.

    >>> letters = ReversibleField(tokenize=list)
    >>> letters.build_vocab(["a bc"])
    >>> letters.reverse(letters.process(["a bc", "b"]))
    ['a bc', 'b']
    """

    def __init__(self, **kwargs: Any):
        self.use_revtok = kwargs.get("tokenize") is not list
        if kwargs.get("tokenize") in (None, "subword"):
            kwargs["tokenize"] = "revtok"
        super().__init__(**{"unk_token": " UNK ", **kwargs})

    def reverse(self, batch: Any) -> list[str]:
        """The texts of a batch: up to `eos_token`, without `init_token` and `pad_token`.

        Raises: ImportError where the package revtok is needed and not installed.
        """
        rows = (batch if self.batch_first else batch.t()).tolist()
        texts = []
        for row in rows:
            tokens = [self.vocab.itos[index] for index in row]
            if self.eos_token in tokens:
                tokens = tokens[: tokens.index(self.eos_token)]
            texts.append([token for token in tokens if token not in (self.init_token, self.pad_token)])
        if self.use_revtok:
            return [need("revtok", "ReversibleField.reverse").detokenize(tokens) for tokens in texts]
        return ["".join(tokens) for tokens in texts]


SubwordField = placeholder(
    "torchtext.data.SubwordField",
    "its vocabulary was the package revtok's; use torchtext.transforms.CharBPETokenizer, or a Field with a tokenizer",
)


class NestedField(Field):
    """A column of sequences of sequences, such as words of letters: (B, T, W) tensors.

    Args:
        nesting_field: the field of the inner sequences. It tokenizes them, and its vocabulary is shared.
        include_lengths: return (tensor, lengths (B,), lengths of the inner sequences (B, T)).
        others: as for `Field`, of the outer sequences; the case is lowered as in `nesting_field`.

    Raises: ValueError for a `nesting_field` with `include_lengths`.

    >>> letters = NestedField(Field(tokenize=list))
    >>> letters.build_vocab([letters.preprocess("ab a")])
    >>> letters.process([[["a", "b"], ["a"]], [["b"]]])
    tensor([[[2, 3],
             [2, 1]],
    <BLANKLINE>
            [[3, 1],
             [1, 1]]])
    """

    def __init__(
        self, nesting_field: Field, use_vocab: bool = True, init_token: str | None = None, eos_token: str | None = None,
        fix_length: int | None = None, dtype: penlight.dtype = penlight.long, preprocessing: Callable | None = None,
        postprocessing: Callable | None = None, tokenize: str | Callable | None = None, tokenizer_language: str = "en",
        include_lengths: bool = False, pad_token: str = "<pad>", pad_first: bool = False, truncate_first: bool = False,
    ):  # fmt: skip
        if nesting_field.include_lengths:
            raise ValueError("nesting field cannot have include_lengths=True")
        if nesting_field.sequential:
            pad_token = nesting_field.pad_token
        super().__init__(
            use_vocab=use_vocab, init_token=init_token, eos_token=eos_token, fix_length=fix_length, dtype=dtype,
            preprocessing=preprocessing, postprocessing=postprocessing, lower=nesting_field.lower, tokenize=tokenize,
            tokenizer_language=tokenizer_language, batch_first=True, pad_token=pad_token,
            unk_token=nesting_field.unk_token, pad_first=pad_first, truncate_first=truncate_first,
            include_lengths=include_lengths,
        )  # fmt: skip
        self.nesting_field = nesting_field

    def preprocess(self, x: Any) -> list:
        """One value: tokenized and preprocessed, then each token preprocessed by the nesting field."""
        if isinstance(x, str):
            x = self.tokenize(x.rstrip("\n"))
        if self.preprocessing is not None:
            x = self.preprocessing(x)
        return [self.nesting_field.preprocess(token) for token in x]

    def pad(self, minibatch: Iterable) -> Any:
        """Rows of one number of inner rows of one length; with `include_lengths`, (rows, lengths, inner lengths).

        >>> NestedField(Field(pad_token="-")).pad([["ab", "c"], ["d"]])
        [[['a', 'b'], ['c', '-']], [['d', '-'], ['-', '-']]]
        """
        rows, inner = list(minibatch), self.nesting_field
        if not inner.sequential:
            return super().pad(rows)
        own = [token for token in (inner.init_token, inner.eos_token) if token is not None]
        size = inner.fix_length
        if size is None:
            size = max((len(part) for row in rows for part in row), default=0)
            marks = (len(mark) for mark in ([self.init_token], [self.eos_token]) if mark != [None])
            size = max(size, *marks, 0) + len(own)
        # The outer level pads with rows of its own, and its marks are inner rows of one token.
        frame = copy.copy(self)
        frame.init_token = None if self.init_token is None else [self.init_token]
        frame.eos_token = None if self.eos_token is None else [self.eos_token]
        frame.pad_token, frame.include_lengths = None, True
        padded, lengths = Field.pad(frame, rows)
        filler = copy.copy(inner)
        filler.fix_length, filler.include_lengths = size, True
        result, inner_lengths = [], []
        for row in padded:
            kept = [part for part in row if part is not None]
            filled, counts = filler.pad(kept) if kept else ([], [])
            parts, filled_counts = iter(filled), iter(counts)
            result.append([[self.pad_token] * size if part is None else next(parts) for part in row])
            inner_lengths.append([0 if part is None else next(filled_counts) for part in row])
        return (result, lengths, inner_lengths) if self.include_lengths else result

    def _marks(self) -> list[str | None]:
        return [*super()._marks(), self.nesting_field.init_token, self.nesting_field.eos_token]

    def build_vocab(self, *args: Any, **kwargs: Any) -> None:
        """As for `Field`, of the inner tokens; the nesting field gets the same vocabulary."""
        super().build_vocab(*args, **kwargs)
        self.nesting_field.vocab = self.vocab

    def numericalize(self, arr: Any, device: Any = None) -> Any:
        """Padded rows of rows as a tensor (B, T, W); with `include_lengths`, with both kinds of lengths."""
        lengths: Any = ()
        if self.include_lengths:
            arr, *lengths = arr
        values = [self.nesting_field._numbers(row) for row in arr]
        if self.postprocessing is not None:
            values = self.postprocessing(values, self.vocab if self.use_vocab else None)
        result = penlight.tensor(values, dtype=self.nesting_field.dtype, device=device)
        if not self.include_lengths:
            return result
        return (result, *(penlight.tensor(counts, dtype=self.dtype, device=device) for counts in lengths))
