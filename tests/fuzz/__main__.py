"""python -m tests.fuzz --cases 20000 --seed 1; python -m tests.fuzz --replay 1:345"""

from __future__ import annotations

import argparse
import collections
import faulthandler
import sys
import time
import warnings

import torch

from tests.fuzz.compare import Outcome, examine
from tests.fuzz.program import Case

ap = argparse.ArgumentParser()
ap.add_argument("--cases", type=int, default=1000)
ap.add_argument("--seed", default="0")
ap.add_argument("--replay")
ap.add_argument("--only", default="")
options = ap.parse_args()
torch.set_num_threads(1)
warnings.simplefilter("ignore")
faulthandler.enable()


def one(seed):
    case = Case(seed, options.only)
    want = Outcome(case.namespace, case.error, len(case.statements) - (case.error is not None))
    return case, examine(case.statements, want, case.codes)


for seed in (options.replay or '').split():
    case, d = one(seed)
    print('---', seed)
    print("\n".join(case.statements))
    print(case.error and repr(case.error))
    print(d)
if options.replay:
    sys.exit()
start = time.time()
counts = collections.Counter()
errors = 0
for i in range(options.cases):
    seed = f"{options.seed}:{i}"
    case, d = one(seed)
    errors += case.error is not None
    if d:
        counts[d.kind] += 1
        print(f"{seed}\t{case.ops[-1:]}\t{d.kind}\t{d.where[:150]}\t{d.text[:230]}")
print(counts, errors, time.time() - start, file=sys.stderr)
