"""Sparse tensors against PyTorch itself: the recorded cases again, every method with every kind of argument, files."""

from __future__ import annotations

import io

import pytest

real = pytest.importorskip("torch")

import penlight  # noqa: E402
from tests.sparse.cases import cases, same, shown  # noqa: E402

# These make no tensor, take none, or need hardware.
SKIPPED = {
    "backward", "cuda", "xpu", "pin_memory", "to_sparse_csr", "to_sparse_csc", "to_sparse_bsr", "to_sparse_bsc",
    "module_load", "register_hook", "register_post_accumulate_grad_hook", "to_mkldnn", "has_names", "storage_type",
}  # fmt: skip
# Argument checks, not sparse ones: bool for int, Tensor for int. PyTorch's float32 expm1 differs in the last digit;
# what unsqueeze_, dropouts and rsub of two sparse tensors give here raises there.
OTHERS = {
    "expm1", "is_pinned", "new", "new_empty", "new_zeros", "new_empty_strided", "unsqueeze_", "rsub", "sym_sum",
    "dropout", "dropout2d", "unique", "to_dense", "select",
}  # fmt: skip
ARGUMENTS = ("", "1", "0", "0, 1", "D()", "S()", "(2, 3)", "0, torch.tensor([0])", "[0]", "D() > 1, 1", "D(), D()")


@pytest.mark.parametrize("start", range(0, 1000, 250))
def test_recorded_cases(start):
    for case in cases()[start : start + 250]:
        assert same(shown(penlight, case), shown(real, case)), case


def both(case):
    """Whether penlight gave a result; it must then be PyTorch's."""
    ours = shown(penlight, case)
    if ours.endswith("Error"):
        return False
    theirs = shown(real, case)
    assert ours == theirs or theirs == "TypeError", case
    return True


def test_every_method_agrees_or_raises():
    """No method of Tensor gives something else than PyTorch for a sparse tensor: it gives the same, or it raises."""
    compared = 0
    for name in sorted(set(dir(real.Tensor)) & set(dir(penlight.Tensor)) - SKIPPED - OTHERS):
        if name.startswith("_"):
            continue
        if not callable(getattr(real.Tensor, name)):
            compared += both(f"S().{name}")
            continue
        for arguments in ARGUMENTS:
            compared += both(f"S().{name}({arguments})")
            if "S()" in arguments:
                compared += both(f"D().{name}({arguments})")
    assert compared > 100


def test_every_function_agrees_or_raises():
    compared = 0
    for home in ("torch", "torch.nn.functional", "torch.special", "torch.linalg"):
        there, here = eval(home, {"torch": real}), eval(home, {"torch": penlight})
        for name in sorted(set(dir(there)) & set(dir(here)) - set(dir(real.Tensor)) - OTHERS):
            value = getattr(there, name)
            if name.startswith(("_", "set_", "use_", "get_", "is_")) or not callable(value) or isinstance(value, type):
                continue
            if name in ("compile", "load", "save", "seed", "manual_seed", "typename", "from_file", "hspmm", "fork"):
                continue
            for arguments in ("S()", "[S(), S()]", "S(), S()", "S(), 1", "S(), D()", "D(), S()", "S(), D(), D()"):
                compared += both(f"{home}.{name}({arguments})")
    assert compared > 20


def test_files_both_ways():
    setup = "[torch.sparse_coo_tensor([[0, 1], [2, 0]], [3., 4.], (2, 3)), torch.eye(3).double().to_sparse(1)]"
    for writer, reader in ((penlight, real), (real, penlight)):
        for zipped in (True, False):
            file = io.BytesIO()
            values = eval(setup, {"torch": writer})
            values.append(writer.nn.Parameter(values[0]))
            writer.save(values, file, _use_new_zipfile_serialization=zipped)
            file.seek(0)
            found = reader.load(file, weights_only=True)
            assert [repr(t) for t in found] == [repr(t) for t in values]
            assert [t.is_coalesced() for t in found] == [t.is_coalesced() for t in values]
