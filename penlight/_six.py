"""`torch._six`, gone from PyTorch since 2.0: names of Python 2 and 3 that scripts of that time still import."""

import builtins
import collections.abc as container_abcs
import math
import queue
from io import StringIO

from penlight.ledger.missing import module_getattr

__all__ = ["FileNotFoundError", "PY37", "StringIO", "container_abcs", "inf", "int_classes", "nan", "queue", "string_classes"]

inf, nan = math.inf, math.nan
string_classes = (str, bytes)
int_classes = int
FileNotFoundError = builtins.FileNotFoundError
PY37 = True

__getattr__ = module_getattr(__name__)
