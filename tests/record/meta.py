"""Record what PyTorch gives for the expressions of tests/meta/cases.py.

python -m tests.record.meta
"""

import json
import warnings

import torch

from tests.meta.cases import DATA, expressions, shown

warnings.simplefilter("ignore")
DATA.write_text(json.dumps({e: shown(torch, e) for e in expressions()}, indent=0) + "\n", encoding="utf-8")
