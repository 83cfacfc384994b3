"""The recorded signatures of PyTorch's layers, optimizers and schedulers: ours must be the same, to the last default."""

import json

import pytest

import penlight

from . import signatures

RECORDED = json.loads(signatures.RECORD.read_text())


@pytest.mark.parametrize("place", signatures.PLACES)
def test_signatures_are_pytorchs(place):
    wrong = {}
    for path, wanted in RECORDED.items():
        if (
            path.startswith(f"{place}.")
            and max((p for p in signatures.PLACES if path.startswith(p + ".")), key=len) == place
        ):
            found = signatures.lookup(penlight, path)
            text = None if found is None else signatures.signature_text(found)
            if text != wanted:
                wrong[path] = (text, wanted)
    assert not wrong
