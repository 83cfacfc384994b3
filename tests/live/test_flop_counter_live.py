"""Counted floating point operations of whole models against PyTorch's."""

import pytest

import penlight
from tests.utils import flop_cases

torch = pytest.importorskip("torch")
torchvision = pytest.importorskip("torchvision")


@pytest.mark.parametrize("name", flop_cases.CASES)
def test_the_recorded_programs(name):
    assert flop_cases.run(penlight, name) == flop_cases.run(torch, name)


@pytest.mark.parametrize("name", ["resnet18", "mobilenet_v3_small", "squeezenet1_1"])
def test_training_step_of_an_image_model(name):
    from torch.utils.flop_counter import FlopCounterMode as Reference

    import penlight.vision as vision
    from penlight.utils.flop_counter import FlopCounterMode

    counts = []
    for module, models, counter in (
        (torch, torchvision.models, Reference(display=False)),
        (penlight, vision.models, FlopCounterMode(display=False)),
    ):
        model = getattr(models, name)(num_classes=10)
        with counter:
            model(module.ones(2, 3, 64, 64)).sum().backward()
        found = counter.get_flop_counts()
        counts.append({part: {str(op): n for op, n in c.items()} for part, c in found.items() if c})
    expected, found = counts
    assert found["Global"] == expected["Global"]
    # in backward PyTorch gives the work of one branch to modules of another as well, so those counts are left out
    forward = {part: {op: n for op, n in c.items() if op == "aten.convolution"} for part, c in found.items()}
    assert forward == {p: {op: n for op, n in c.items() if op == "aten.convolution"} for p, c in expected.items()}
