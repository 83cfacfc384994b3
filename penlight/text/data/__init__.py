"""Fields, examples, datasets, iterators and tokenizers."""

from penlight.ledger.missing import module_getattr
from penlight.text.data.batch import Batch
from penlight.text.data.dataset import Dataset, TabularDataset
from penlight.text.data.example import Example
from penlight.text.data.field import Field, LabelField, NestedField, RawField, ReversibleField, SubwordField
from penlight.text.data.functional import (
    custom_replace,
    filter_wikipedia_xml,
    generate_sp_model,
    load_sp_model,
    numericalize_tokens_from_iterator,
    sentencepiece_numericalizer,
    sentencepiece_tokenizer,
    simple_space_split,
    to_map_style_dataset,
)
from penlight.text.data.iterator import BPTTIterator, BucketIterator, Iterator, batch, pool
from penlight.text.data.metrics import bleu_score
from penlight.text.data.pipeline import Pipeline
from penlight.text.data.utils import RandomShuffler, get_tokenizer, interleave_keys, ngrams_iterator

__all__ = [
    "BPTTIterator", "Batch", "BucketIterator", "Dataset", "Example", "Field", "Iterator", "LabelField", "NestedField",
    "Pipeline", "RandomShuffler", "RawField", "ReversibleField", "SubwordField", "TabularDataset", "batch", "bleu_score",
    "custom_replace", "filter_wikipedia_xml", "generate_sp_model", "get_tokenizer", "interleave_keys", "load_sp_model",
    "ngrams_iterator", "numericalize_tokens_from_iterator", "pool", "sentencepiece_numericalizer",
    "sentencepiece_tokenizer", "simple_space_split", "to_map_style_dataset",
]  # fmt: skip

__getattr__ = module_getattr(__name__)
