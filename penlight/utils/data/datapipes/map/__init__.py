"""Pipes that map keys to samples."""

from penlight.ledger.missing import module_getattr
from penlight.utils.data.datapipes.map.pipes import BatcherMapDataPipe as Batcher
from penlight.utils.data.datapipes.map.pipes import ConcaterMapDataPipe as Concater
from penlight.utils.data.datapipes.map.pipes import MapperMapDataPipe as Mapper
from penlight.utils.data.datapipes.map.pipes import SequenceWrapperMapDataPipe as SequenceWrapper
from penlight.utils.data.datapipes.map.pipes import ShufflerIterDataPipe as Shuffler
from penlight.utils.data.datapipes.map.pipes import ZipperMapDataPipe as Zipper

__all__ = ["Batcher", "Concater", "Mapper", "SequenceWrapper", "Shuffler", "Zipper"]

__getattr__ = module_getattr(__name__)
