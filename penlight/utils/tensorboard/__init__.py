"""Logs that TensorBoard shows, as in `torch.utils.tensorboard`.

Needs the messages of tensorboardX or tensorboard: `pip install "penlight[tensorboard]"`.
"""

from penlight.utils.tensorboard import summary, writer
from penlight.utils.tensorboard.records import RecordWriter
from penlight.utils.tensorboard.writer import FileWriter, SummaryWriter

__all__ = ["FileWriter", "RecordWriter", "SummaryWriter"]
