"""Run random programs under PyTorch and penlight and print what differs.

python -m tests.fuzz --cases 20000 --seed 1          each unexplained difference, shrunk, as a script in one line
python -m tests.fuzz --replay 1:345                  one program, with its difference
python -m tests.fuzz --cases 500 --only cumsum       one op
"""

from __future__ import annotations

import argparse
import collections
import sys
import time
import warnings

import torch

from tests.fuzz.explained import ENTRIES, LONG_RUN
from tests.fuzz.runner import judge
from tests.fuzz.shrink import one_line, shrink


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="tests.fuzz", description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--cases", type=int, default=1000)
    parser.add_argument("--seed", default="0", help="any text; case 7 of seed s is replayed as s:7")
    parser.add_argument("--replay", help="the seed of one case (several: with spaces)")
    parser.add_argument("--only", default="", help="the name of one op in the table")
    parser.add_argument("--no-shrink", action="store_true", help="show the programs as they were drawn")
    parser.add_argument("--show", default="", help="print also what this explained entry (a number) takes")
    options = parser.parse_args()
    torch.set_num_threads(1)
    warnings.simplefilter("ignore")
    if options.replay:
        for seed in options.replay.split():
            case, difference, entry = judge(seed, options.only)
            print("\n".join(case.statements), case.error and repr(case.error), difference, sep="\n")
            if difference and entry is None:
                print(one_line(shrink(case.statements, difference)))
        return 0
    start, refused, kinds, taken = time.monotonic(), 0, collections.Counter(), collections.Counter()
    for i in range(options.cases):
        seed = f"{options.seed}:{i}"
        case, difference, entry = judge(seed, options.only)
        refused += case.error is not None
        if difference is None:
            continue
        if entry is not None:
            taken[entry] += 1
            if str(entry) != options.show:
                continue
        kinds[difference.kind] += 1
        print(f"{seed}\t{case.ops[-1:]}\t{difference.kind}\t{difference.where[:300]}\t{difference.text[:300]}")
        if not options.no_shrink:
            print("    " + one_line(shrink(case.statements, difference)))
        sys.stdout.flush()
    print(
        f"{options.cases} cases in {time.monotonic() - start:.0f} s, {refused} of them refused by PyTorch; explained "
        f"{dict(sorted(taken.items()))}; unexplained {dict(kinds)}"
    )
    if options.cases >= LONG_RUN and not options.only:
        for i, entry in enumerate(ENTRIES):
            if not taken[i]:
                print(f"entry {i} took nothing, remove it: {entry}")
    return 1 if kinds else 0


if __name__ == "__main__":
    sys.exit(main())
