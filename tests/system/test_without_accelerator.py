"""`nn.parallel`, `hub` and `amp.GradScaler` on a CPU against what PyTorch was recorded to answer there."""

import json

import pytest

import penlight as torch
from tests.system import without_accelerator_cases as cases

RECORDED = json.loads(cases.FILE.read_text())


@pytest.fixture(scope="module")
def found():
    answers = cases.run(torch)
    torch.hub._chosen.clear()  # a folder that is gone
    return answers


@pytest.mark.parametrize("expression", RECORDED)
def test_equals_pytorch(expression, found):
    expected, answer = RECORDED[expression], found[expression]
    if isinstance(expected, list) and expected[:1] == ["error"] and "file://" in expression:
        # a failed download says more than PyTorch's error, whose text is in it, and is of both of PyTorch's types
        assert answer[1] == "DownloadError" and expected[1] in ("RuntimeError", "URLError")
        assert expected[2].partition(", got")[0] in answer[2]
    else:
        assert answer == expected


def test_distributed_data_parallel_says_what_is_missing():
    with pytest.raises(NotImplementedError, match="DistributedDataParallel: there are no process groups"):
        torch.nn.parallel.DistributedDataParallel(torch.nn.Linear(2, 2))


def test_hub_without_network(monkeypatch, tmp_path):
    monkeypatch.setenv("PENLIGHT_OFFLINE", "1")
    monkeypatch.setenv("TORCH_HOME", str(tmp_path))
    before = dict(torch.hub._chosen)
    torch.hub._chosen.clear()
    try:
        with pytest.raises(OSError, match="weights.pth"):
            torch.hub.load_state_dict_from_url("https://example.com/weights.pth")
        with pytest.raises(OSError, match="owner_repository_main"):
            torch.hub.load("owner/repository", "model")
        folder = tmp_path / "hub" / "owner_repository_main"
        folder.mkdir(parents=True)
        (folder / "hubconf.py").write_text(cases.HUBCONF.replace("import torch", "import penlight as torch"))
        (folder / "helper_of_the_model.py").write_text("def helper():\n    return 'helped'\n")
        assert torch.hub.list("owner/repository") == ["helper", "small", "undocumented"]
        assert torch.hub.help("owner/repository", "small") == "A small model."
        assert torch.hub.load("owner/repository", "undocumented") == "helped"
    finally:
        torch.hub._chosen.update(before)
