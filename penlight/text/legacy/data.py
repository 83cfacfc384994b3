"""`torchtext.legacy.data`: fields, examples, datasets and iterators."""

from penlight.ledger.missing import module_getattr
from penlight.text.data import (
    Batch,
    BPTTIterator,
    BucketIterator,
    Dataset,
    Example,
    Field,
    Iterator,
    LabelField,
    NestedField,
    Pipeline,
    RandomShuffler,
    RawField,
    ReversibleField,
    SubwordField,
    TabularDataset,
    batch,
    get_tokenizer,
    interleave_keys,
    pool,
)

__all__ = [
    "BPTTIterator", "Batch", "BucketIterator", "Dataset", "Example", "Field", "Iterator", "LabelField", "NestedField",
    "Pipeline", "RandomShuffler", "RawField", "ReversibleField", "SubwordField", "TabularDataset", "batch",
    "get_tokenizer", "interleave_keys", "pool",
]  # fmt: skip

__getattr__ = module_getattr(__name__)
