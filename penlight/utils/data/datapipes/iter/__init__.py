"""Pipes that are streams."""

from penlight.ledger.missing import module_getattr
from penlight.utils.data.datapipes.iter.files import FileListerIterDataPipe as FileLister
from penlight.utils.data.datapipes.iter.files import FileOpenerIterDataPipe as FileOpener
from penlight.utils.data.datapipes.iter.files import StreamReaderIterDataPipe as StreamReader
from penlight.utils.data.datapipes.iter.several import ConcaterIterDataPipe as Concater
from penlight.utils.data.datapipes.iter.several import DemultiplexerIterDataPipe as Demultiplexer
from penlight.utils.data.datapipes.iter.several import ForkerIterDataPipe as Forker
from penlight.utils.data.datapipes.iter.several import MultiplexerIterDataPipe as Multiplexer
from penlight.utils.data.datapipes.iter.several import ZipperIterDataPipe as Zipper
from penlight.utils.data.datapipes.iter.sharding import ShardingFilterIterDataPipe as ShardingFilter
from penlight.utils.data.datapipes.iter.simple import BatcherIterDataPipe as Batcher
from penlight.utils.data.datapipes.iter.simple import CollatorIterDataPipe as Collator
from penlight.utils.data.datapipes.iter.simple import FilterIterDataPipe as Filter
from penlight.utils.data.datapipes.iter.simple import GrouperIterDataPipe as Grouper
from penlight.utils.data.datapipes.iter.simple import IterableWrapperIterDataPipe as IterableWrapper
from penlight.utils.data.datapipes.iter.simple import MapperIterDataPipe as Mapper
from penlight.utils.data.datapipes.iter.simple import SamplerIterDataPipe as Sampler
from penlight.utils.data.datapipes.iter.simple import ShufflerIterDataPipe as Shuffler
from penlight.utils.data.datapipes.iter.simple import UnBatcherIterDataPipe as UnBatcher

__all__ = [
    "Batcher", "Collator", "Concater", "Demultiplexer", "FileLister", "FileOpener", "Filter", "Forker", "Grouper",
    "IterableWrapper", "Mapper", "Multiplexer", "Sampler", "ShardingFilter", "Shuffler", "StreamReader", "UnBatcher",
    "Zipper",
]  # fmt: skip

__getattr__ = module_getattr(__name__)
