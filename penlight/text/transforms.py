"""Transforms from text to numbers and tensors, as modules.

Source: https://docs.pytorch.org/text/stable/transforms.html
"""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import penlight
from penlight.ledger.missing import module_getattr
from penlight.nn import Module
from penlight.nn import Sequential as _Sequential
from penlight.text import functional as F
from penlight.text.data.functional import load_sp_model
from penlight.text.subwords import (
    byte_symbols,
    merge_pairs,
    pattern_of_words,
    read_merges,
    split_for_bert,
    wordpieces,
)
from penlight.text.vocab.factory import TokenTable, Vocab

__all__ = [
    "AddToken", "BERTTokenizer", "CLIPTokenizer", "CharBPETokenizer", "GPT2BPETokenizer", "LabelToIndex",
    "MaskTransform", "PadTransform", "RegexTokenizer", "SentencePieceTokenizer", "Sequential", "StrToIntTransform",
    "ToTensor", "Truncate", "VocabTransform",
]  # fmt: skip


def _of_texts(input: Any, function: Callable[[str], Any]) -> Any:
    """Apply a function to a text, or to each of a list of texts."""
    if isinstance(input, str):
        return function(input)
    if isinstance(input, list) and all(isinstance(text, str) for text in input):
        return [function(text) for text in input]
    raise TypeError(f"Input type not supported: expected a str or a list of str, got {input!r:.80}")


class SentencePieceTokenizer(Module):
    """Split texts by a SentencePiece model's file; a str -> its pieces, a list -> lists of pieces.

    Raises: ImportError where the package sentencepiece is not installed.
    Source: https://docs.pytorch.org/text/stable/transforms.html#sentencepiecetokenizer
    """

    def __init__(self, sp_model_path: str):
        super().__init__()
        self.sp_model = load_sp_model(sp_model_path)

    def forward(self, input: Any) -> Any:
        """The pieces of a text, or of each text."""
        return _of_texts(input, self.sp_model.EncodeAsPieces)


class VocabTransform(Module):
    """Tokens, or lists of tokens, to their numbers in a `Vocab`.

    Source: https://docs.pytorch.org/text/stable/transforms.html#vocabtransform

    >>> from penlight.text.vocab import vocab
    >>> VocabTransform(vocab({"a": 1, "b": 1}))([["b", "a"], ["b"]])
    [[1, 0], [1]]
    """

    def __init__(self, vocab: Vocab):
        super().__init__()
        assert isinstance(vocab, Vocab), f"expected a torchtext.vocab.Vocab, got {type(vocab).__name__}"
        self.vocab = vocab

    def forward(self, input: Any) -> Any:
        """The numbers of tokens."""
        return F.on_lists(input, self.vocab.lookup_indices, str)


class _Function(Module):
    """A function of `torchtext.functional` with its arguments."""

    def __init__(self, function: Callable, *args: Any):
        super().__init__()
        self._function, self._args = function, args

    def forward(self, input: Any) -> Any:
        """The function of the input."""
        return self._function(input, *self._args)


class ToTensor(_Function):
    """`functional.to_tensor` as a module. Source: https://docs.pytorch.org/text/stable/transforms.html#totensor

    >>> ToTensor(padding_value=0)([[1], [2, 3]]).tolist()
    [[1, 0], [2, 3]]
    """

    def __init__(self, padding_value: int | None = None, dtype: Any = penlight.long):
        super().__init__(F.to_tensor, padding_value, dtype)
        self.padding_value, self.dtype = padding_value, dtype


class Truncate(_Function):
    """`functional.truncate` as a module. Source: https://docs.pytorch.org/text/stable/transforms.html#truncate"""

    def __init__(self, max_seq_len: int):
        super().__init__(F.truncate, max_seq_len)
        self.max_seq_len = max_seq_len


class AddToken(_Function):
    """`functional.add_token` as a module. Source: https://docs.pytorch.org/text/stable/transforms.html#addtoken

    >>> Sequential(AddToken("<s>"), Truncate(2))([["a", "b"]])
    [['<s>', 'a']]
    """

    def __init__(self, token: int | str, begin: bool = True):
        super().__init__(F.add_token, token, begin)
        self.token, self.begin = token, begin


class StrToIntTransform(_Function):
    """`functional.str_to_int` as a module."""

    def __init__(self) -> None:
        super().__init__(F.str_to_int)


class LabelToIndex(Module):
    """A label, or a list of labels, to numbers in the order in which the labels are given.

    Args: label_names: the labels; label_path: or a file with one in each line; sort_names: sort them first.
    Raises: AssertionError for none or both of the two; RuntimeError for a label that comes twice or is unknown.
    Source: https://docs.pytorch.org/text/stable/transforms.html#labeltoindex

    >>> LabelToIndex(["neg", "pos"])(["pos", "neg"])
    [1, 0]
    """

    def __init__(
        self, label_names: Sequence[str] | None = None, label_path: str | None = None, sort_names: bool = False
    ):
        assert label_names or label_path, "label_names or label_path is required"
        assert not (label_names and label_path), "label_names and label_path are mutually exclusive"
        super().__init__()
        if label_path:
            with open(label_path, encoding="utf-8") as file:
                label_names = [line.strip() for line in file if line.strip()]
        labels = list(label_names or ())
        self._labels = Vocab(TokenTable(sorted(labels) if sort_names else labels))

    @property
    def label_names(self) -> list[str]:
        """The labels in the order of their numbers."""
        return self._labels.get_itos()

    def forward(self, input: Any) -> Any:
        """The number of a label, or the list of those of several."""
        return _of_texts(input, self._labels.__getitem__)


class PadTransform(Module):
    """Fill a tensor's last dimension up to `max_length` with `pad_value`; longer ones stay as they are.

    Source: https://docs.pytorch.org/text/stable/transforms.html#padtransform

    >>> PadTransform(3, 9)(penlight.tensor([1]))
    tensor([1, 9, 9])
    """

    def __init__(self, max_length: int, pad_value: int):
        super().__init__()
        self.max_length, self.pad_value = max_length, float(pad_value)

    def forward(self, x: Any) -> Any:
        """The padded tensor."""
        missing = self.max_length - x.size(-1)
        return penlight.nn.functional.pad(x, (0, missing), value=self.pad_value) if missing > 0 else x


class Sequential(_Sequential):
    """Transforms one after another. Source: https://docs.pytorch.org/text/stable/transforms.html#sequential"""

    def forward(self, input: Any) -> Any:
        """The last transform's output."""
        return super().forward(input)


class _Merging(Module):
    """What GPT-2's and CLIP's tokenizers share: words, their bytes as characters, merges, an encoder, special tokens."""

    kind = ""

    def __init__(self, encoder: Mapping[str, int], merges: Sequence[tuple[str, str]], return_tokens: bool):
        super().__init__()
        self.encoder, self.return_tokens = dict(encoder), return_tokens
        self._ranks = {pair: rank for rank, pair in reversed([*enumerate(merges)])}
        self._whole: dict[str, None] = {}  # special tokens, never taken apart
        self._parts = functools.lru_cache(maxsize=1 << 16)(self._split_word)

    def _split_word(self, word: str) -> list[str]:
        raise NotImplementedError

    def _tokens(self, text: str) -> Iterator[str]:
        special = "|".join(re.escape(token) for token in sorted(self._whole, key=len, reverse=True))
        for part in re.split(f"({special})", text) if special else [text]:
            if part in self._whole:
                yield part
            else:
                for word in pattern_of_words(self.kind).findall(part):
                    yield from self._parts(word)

    def _number(self, token: str) -> int:
        try:
            return self.encoder[token]
        except KeyError:
            raise RuntimeError(f"the encoder has no token {token!r}") from None

    def forward(self, input: Any) -> Any:
        """The numbers of a text's tokens, each a str as in torchtext, or with `return_tokens` the tokens."""
        if self.return_tokens:
            return _of_texts(input, lambda text: list(self._tokens(text)))
        return _of_texts(input, lambda text: [str(self._number(token)) for token in self._tokens(text)])

    def __getstate__(self) -> dict[str, Any]:
        return {name: value for name, value in self.__dict__.items() if name != "_parts"}

    def __setstate__(self, state: dict[str, Any]) -> None:
        super().__setstate__(state)
        self._parts = functools.lru_cache(maxsize=1 << 16)(self._split_word)


class GPT2BPETokenizer(_Merging):
    """GPT-2's byte-pair tokenizer: a text -> the numbers of its tokens, as strings; a list of texts -> lists of these.

    Args: encoder_json_path: JSON file, token -> number; vocab_bpe_path: file of merges; return_tokens: tokens instead of
        numbers, with "Ġ" for a space.
    Raises: RuntimeError for a token that the encoder lacks; OSError for files that are not there.
    Source: https://docs.pytorch.org/text/stable/transforms.html#gpt2bpetokenizer
    """

    kind = "gpt2"
    SPECIAL_TOKENS_ATTRIBUTES = [
        "bos_token", "eos_token", "unk_token", "sep_token", "pad_token", "cls_token", "mask_token",
        "additional_special_tokens",
    ]  # fmt: skip

    def __init__(self, encoder_json_path: str, vocab_bpe_path: str, return_tokens: bool = False):
        with open(encoder_json_path, encoding="utf-8") as file:
            encoder = json.load(file)
        super().__init__(encoder, read_merges(vocab_bpe_path), return_tokens)

    def _split_word(self, word: str) -> list[str]:
        symbols = byte_symbols()
        return merge_pairs([symbols[byte] for byte in word.encode("utf-8")], self._ranks)

    def add_special_tokens(self, special_tokens_dict: Mapping[str, Any]) -> int:
        """Keep tokens whole from now on; return how many of them the encoder lacked and has now.

        Args: special_tokens_dict: from names in `SPECIAL_TOKENS_ATTRIBUTES` to a token, the last one to a list.
        Raises: AssertionError for other names and values.
        """
        added = 0
        for name, value in special_tokens_dict.items():
            assert name in self.SPECIAL_TOKENS_ATTRIBUTES, f"Key {name} is not a special token"
            several = name == "additional_special_tokens"
            tokens = list(value) if several and isinstance(value, (list, tuple)) else [value]
            assert all(isinstance(token, str) for token in tokens), f"Tokens {value} for key {name} should all be str"
            for token in tokens:
                self._whole[token] = None
                if token not in self.encoder:
                    self.encoder[token] = len(self.encoder)
                    added += 1
        return added

    def decode(self, tokens: Sequence[str]) -> str:
        """The text of tokens' numbers (strings)."""
        names = {str(number): token for token, number in self.encoder.items()}
        bytes_of = {symbol: byte for byte, symbol in byte_symbols().items()}
        text, pending = "", bytearray()
        for name in map(names.__getitem__, tokens):
            if name in self._whole:
                text, pending = text + pending.decode("utf-8", "replace") + name, bytearray()
            else:
                pending.extend(bytes_of[symbol] for symbol in name)
        return text + pending.decode("utf-8", "replace")


class CLIPTokenizer(_Merging):
    """CLIP's byte-pair tokenizer: lower case, "</w>" ends a word; a text -> the numbers of its tokens, as strings.

    Args:
        merges_path: file of merges.
        encoder_json_path: JSON file, token -> number; by default the numbers follow from the merges: the 256 bytes, the
            same as ends of words, the merges, "<|startoftext|>", "<|endoftext|>".
        num_merges: use only so many.
        return_tokens: return tokens instead of numbers.

    Raises: RuntimeError for a token that the encoder lacks; OSError for files that are not there.
    Source: https://docs.pytorch.org/text/stable/transforms.html#cliptokenizer
    """

    kind = "clip"

    def __init__(
        self, merges_path: str, encoder_json_path: str | None = None, num_merges: int | None = None,
        return_tokens: bool = False,
    ):  # fmt: skip
        merges = read_merges(merges_path)[:num_merges]
        special = ["<|startoftext|>", "<|endoftext|>"]
        if encoder_json_path is None:
            symbols = list(byte_symbols().values())
            tokens = [*symbols, *(s + "</w>" for s in symbols), *("".join(pair) for pair in merges), *special]
            encoder = {token: number for number, token in enumerate(tokens)}
        else:
            with open(encoder_json_path, encoding="utf-8") as file:
                encoder = json.load(file)
        super().__init__(encoder, merges, return_tokens)
        self._whole = dict.fromkeys(special)

    def _split_word(self, word: str) -> list[str]:
        symbols = byte_symbols()
        *first, last = (symbols[byte] for byte in word.encode("utf-8"))
        return merge_pairs([*first, last + "</w>"], self._ranks)

    def _tokens(self, text: str) -> Iterator[str]:
        return super()._tokens(" ".join(text.lower().split()))


class CharBPETokenizer(Module):
    """A byte-pair tokenizer on characters: words at spaces, `suffix` after each word's last character.

    Args: bpe_encoder_path: JSON file, token -> number; bpe_merges_path: file of merges; return_tokens: `forward` gives
        tokens instead of numbers; unk_token: stands for unknown ones; special_tokens: never taken apart.
    Raises: RuntimeError for an unk_token or special tokens that the encoder lacks; KeyError for an unknown token without
        an unk_token.
    """

    def __init__(
        self, bpe_encoder_path: str, bpe_merges_path: str, return_tokens: bool = False, unk_token: str | None = None,
        suffix: str | None = None, special_tokens: Sequence[str] | None = None,
    ):  # fmt: skip
        super().__init__()
        with open(bpe_encoder_path, encoding="utf-8") as file:
            self._encoder: dict[str, int] = json.load(file)
        for kind, tokens in (("Unknown", [unk_token] if unk_token else []), ("Special", special_tokens or [])):
            for token in tokens:
                if token not in self._encoder:
                    raise RuntimeError(f"{kind} token {token} not found in encoder. Special tokens must be in encoder.")
        self._decoder = {number: token for token, number in self._encoder.items()}
        self._ranks = {pair: rank for rank, pair in enumerate(read_merges(bpe_merges_path))}
        self._return_tokens, self._unknown, self._suffix = return_tokens, unk_token, suffix or ""
        self._special = frozenset(special_tokens or ())

    @property
    def vocab_size(self) -> int:
        """The number of tokens."""
        return len(self._encoder)

    def _number(self, token: str) -> int:
        return self._encoder[token if self._unknown is None or token in self._encoder else self._unknown]

    def _tokenize(self, text: str) -> list[str]:
        tokens: list[str] = []
        for word in text.split():
            if word in self._special:
                tokens.append(word)
            else:
                tokens += merge_pairs([*word[:-1], word[-1] + self._suffix], self._ranks)
        return tokens

    def encode(self, text: str) -> list[int] | list[str]:
        """The numbers of a text's tokens, or its tokens with `return_tokens`."""
        tokens = self._tokenize(text)
        return tokens if self._return_tokens else [self._number(token) for token in tokens]

    def decode(self, tokens: Sequence[int]) -> str:
        """The text of tokens' numbers; the suffix becomes a space."""
        if self._unknown is None:
            names = [self._decoder[number] for number in tokens]
        else:
            names = [self._decoder.get(number, self._unknown) for number in tokens]
        return "".join(name.replace(self._suffix, " ") for name in names) if self._suffix else " ".join(names)

    def forward(self, input: Any) -> Any:
        """`encode` of a text, or of each text."""
        return _of_texts(input, self.encode)


class BERTTokenizer(Module):
    """BERT's WordPiece tokenizer: a text -> the numbers of its pieces, as strings; a list of texts -> lists of these.

    Args:
        vocab_path: file with a piece in each line.
        do_lower_case: lower the case.
        strip_accents: take accents off; by default as `do_lower_case`.
        return_tokens: return pieces instead of numbers.
        never_split: words that stay as they are.

    Source: https://docs.pytorch.org/text/stable/transforms.html#berttokenizer
    """

    def __init__(
        self, vocab_path: str, do_lower_case: bool = True, strip_accents: bool | None = None,
        return_tokens: bool = False, never_split: Sequence[str] | None = None,
    ):  # fmt: skip
        super().__init__()
        with open(vocab_path, encoding="utf-8") as file:
            pieces = file.read().split("\n")
        self._numbers = {piece.strip(): number for number, piece in enumerate(pieces) if piece.strip()}
        self._lower = do_lower_case
        self._strip_accents = do_lower_case if strip_accents is None else strip_accents
        self._return_tokens, self._never_split = return_tokens, frozenset(never_split or ())

    def _tokenize(self, text: str) -> list[str]:
        pieces: list[str] = []
        for word in split_for_bert(text, self._lower, self._strip_accents, self._never_split):
            pieces += [word] if word in self._never_split else wordpieces(word, self._numbers.__contains__)
        return pieces

    def _encode(self, text: str) -> list[str]:
        try:
            return [str(self._numbers[piece]) for piece in self._tokenize(text)]
        except KeyError as error:
            raise RuntimeError(f"the vocabulary has no piece {error}") from None

    def forward(self, input: Any) -> Any:
        """The numbers of a text's pieces, or with `return_tokens` the pieces."""
        return _of_texts(input, self._tokenize if self._return_tokens else self._encode)


class RegexTokenizer(Module):
    """Replace regular expressions in a text, in turn, and split it at white space.

    Args: patterns_list: pairs of pattern and replacement.
    Differs from torchtext: patterns are those of Python's `re`, not RE2's.
    Source: https://docs.pytorch.org/text/stable/transforms.html#regextokenizer

    >>> RegexTokenizer([(r"\\.", " . "), (r"'", "")])("It's it.")
    ['Its', 'it', '.']
    """

    def __init__(self, patterns_list: Sequence[tuple[str, str]]):
        super().__init__()
        self._patterns = [(re.compile(pattern), replacement) for pattern, replacement in patterns_list]

    def _split(self, text: str) -> list[str]:
        for pattern, replacement in self._patterns:
            text = pattern.sub(replacement, text)
        return text.split()

    def forward(self, input: Any) -> Any:
        """The tokens of a text, or of each text."""
        return _of_texts(input, self._split)


class MaskTransform(Module):
    """Choose tokens to be predicted, and hide them: BERT's masking.

    Of each row int(T · mask_prob) positions are drawn; those of `pad_idx`, and of `bos_idx` unless `mask_bos`, drop out;
    when none remains, the first row's first is taken. A chosen token becomes `mask_idx` (80 %), a random one (10 %), or
    stays.

    Shape: tokens (B, T) int64 -> (B, T) hidden tokens; (N,) the chosen ones; (B, T) int32, 1 where one was chosen
    Source: https://docs.pytorch.org/text/stable/transforms.html#masktransform; Devlin et al., "BERT", 2018.
    """

    mask_mask_prob = 0.8
    rand_mask_prob = 0.1

    def __init__(
        self, vocab_len: int, mask_idx: int, bos_idx: int, pad_idx: int, mask_bos: bool = False,
        mask_prob: float = 0.15,
    ):  # fmt: skip
        super().__init__()
        self.vocab_len, self.mask_idx, self.bos_idx, self.pad_idx = vocab_len, mask_idx, bos_idx, pad_idx
        self.mask_bos, self.mask_prob = mask_bos, mask_prob

    def forward(self, tokens: Any) -> tuple[Any, Any, Any]:
        """(tokens with some hidden, the chosen tokens, where they are)."""
        rows, size = tokens.size()
        drawn = [penlight.randperm(size) < int(size * self.mask_prob) for _ in range(rows)]
        chosen = penlight.stack(drawn).to(tokens.device) & (tokens != self.pad_idx)
        if not self.mask_bos:
            chosen &= tokens != self.bos_idx
        if not chosen.any():  # a loss over no token would be NaN
            chosen[0, 0] = True
        fate = penlight.rand_like(tokens, dtype=penlight.float)
        hidden = penlight.where(chosen & (fate >= 1 - self.mask_mask_prob), self.mask_idx, tokens)
        others = penlight.randint_like(tokens, high=self.vocab_len)
        hidden = penlight.where(chosen & (fate < self.rand_mask_prob), others, hidden)
        return hidden, tokens[chosen], chosen.int()


__getattr__ = module_getattr(__name__)
