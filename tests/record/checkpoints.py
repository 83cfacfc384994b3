"""Writes tests/io/data/*.pth with real PyTorch. Run from the repository's root where torch is installed."""

from __future__ import annotations

import collections
import pathlib

import torch

FOLDER = pathlib.Path(__file__).parents[1] / "io" / "data"


def counted(*size: int, dtype: torch.dtype = torch.float32) -> torch.Tensor:
    count = 1
    for n in size:
        count *= n
    return torch.arange(count).reshape(size).to(dtype)


def model() -> torch.nn.Module:
    made = torch.nn.Sequential(torch.nn.Linear(3, 2), torch.nn.BatchNorm1d(2))
    with torch.no_grad():
        for p in made.parameters():
            p.copy_(counted(*p.shape))
    return made


def main() -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    trained = model()
    torch.save(trained.state_dict(), FOLDER / "state_dict.pth")
    torch.save(trained.state_dict(), FOLDER / "state_dict_legacy.pth", _use_new_zipfile_serialization=False)
    torch.save(trained, FOLDER / "module.pth")
    optimizer = torch.optim.Adam(trained.parameters(), lr=0.5)
    trained(counted(4, 3)).sum().backward()
    optimizer.step()
    torch.save({"optimizer": optimizer.state_dict(), "epoch": 7}, FOLDER / "optimizer.pth")
    base = counted(4, 6)
    views = [base, base.t(), base[1], base[1:3, ::2], base[0].expand(2, 6), torch.empty(0), torch.tensor(3.5)]
    torch.save(views, FOLDER / "views.pth")
    torch.save(views, FOLDER / "views_legacy.pth", _use_new_zipfile_serialization=False)
    names = (
        "bool uint8 int8 int16 int32 int64 uint16 uint32 uint64 float16 bfloat16 float32 float64 complex64 complex128"
    )
    torch.save({name: counted(3, dtype=getattr(torch, name)) for name in names.split()}, FOLDER / "dtypes.pth")
    values = [
        torch.Size([2, 3]), torch.device("cuda", 1), torch.float16, 1 + 2j, {1}, b"ab", bytearray(b"xy"), 2**70, -5,
        300, 70000, 1.5, None, True, "é", (), (1, 2, 3, 4), {"a": [{}]}, collections.Counter("aab"),
        collections.OrderedDict(k=1),
    ]  # fmt: skip
    torch.save(values, FOLDER / "values.pth")
    with_attribute = counted(2)
    with_attribute.label = "here"
    torch.save([with_attribute, torch.nn.Parameter(counted(2))], FOLDER / "attributes.pth")
    torch.save(counted(2, dtype=torch.complex64).mul(1j).conj(), FOLDER / "conjugate.pth")


if __name__ == "__main__":
    main()
