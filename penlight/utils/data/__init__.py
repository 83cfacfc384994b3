"""Datasets, samplers and the DataLoader, as in `torch.utils.data`."""

from penlight.ledger.missing import module_getattr
from penlight.utils.data import _utils, dataloader, datapipes, dataset, distributed, graph, graph_settings, sampler
from penlight.utils.data._utils.collate import default_collate, default_convert
from penlight.utils.data._utils.worker import get_worker_info
from penlight.utils.data.dataloader import DataLoader, _DatasetKind
from penlight.utils.data.datapipes.datapipe import (
    DataChunk,
    IterDataPipe,
    MapDataPipe,
    functional_datapipe,
    guaranteed_datapipes_determinism,
    non_deterministic,
)
from penlight.utils.data.datapipes.typed import argument_validation, runtime_validation, runtime_validation_disabled
from penlight.utils.data.dataset import (
    ChainDataset,
    ConcatDataset,
    Dataset,
    IterableDataset,
    StackDataset,
    Subset,
    TensorDataset,
    random_split,
)
from penlight.utils.data.distributed import DistributedSampler
from penlight.utils.data.sampler import (
    BatchSampler,
    RandomSampler,
    Sampler,
    SequentialSampler,
    SubsetRandomSampler,
    WeightedRandomSampler,
)

__all__ = [
    "BatchSampler", "ChainDataset", "ConcatDataset", "DataChunk", "DataLoader", "Dataset", "DistributedSampler",
    "IterDataPipe", "IterableDataset", "MapDataPipe", "RandomSampler", "Sampler", "SequentialSampler", "StackDataset",
    "Subset", "SubsetRandomSampler", "TensorDataset", "WeightedRandomSampler", "_DatasetKind", "_utils", "argument_validation",
    "dataloader",
    "datapipes", "dataset", "default_collate", "default_convert", "distributed", "functional_datapipe",
    "get_worker_info", "graph", "graph_settings", "guaranteed_datapipes_determinism", "non_deterministic",
    "random_split", "runtime_validation", "runtime_validation_disabled", "sampler",
]  # fmt: skip

__getattr__ = module_getattr(__name__)
