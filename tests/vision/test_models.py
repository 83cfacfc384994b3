"""Models beside torchvision's: keys, initial weights for a seed, outputs, and what is said about pretrained weights."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

import penlight
from penlight import hub, nn
from penlight.vision import models
from tests.vision import model_cases as cases

RECORDED = json.loads((Path(__file__).parent / "data" / "models.json").read_text(encoding="utf-8"))
# float32 sums over up to 53 layers in another order, relative to the largest logit
TOLERANCE = 1e-5


@pytest.mark.parametrize("name", [n for n in cases.FAMILIES if n not in ("vit_h_14",)])  # 2.5 GB: live only
def test_keys_and_shapes(name):
    assert cases.keys(penlight, models, name) == RECORDED[name]["keys"]


@pytest.mark.parametrize("name", cases.RUN)
def test_initial_weights_and_output(name):
    found = cases.facts(penlight, models, name)
    expected = RECORDED[name]
    assert found["next"] == pytest.approx(expected["next"], abs=1e-12)
    np.testing.assert_allclose(found["sums"], expected["sums"], rtol=1e-9)
    largest = np.abs(expected["logits"]).max()
    np.testing.assert_allclose(found["logits"], expected["logits"], atol=TOLERANCE * largest, rtol=0)


@pytest.mark.live
@pytest.mark.parametrize("name", cases.LIVE)
def test_beside_torchvision(name):
    torch, real = pytest.importorskip("torch"), pytest.importorskip("torchvision")
    if "penlight" in (torch.__file__ or ""):
        pytest.skip("the alias is installed: this is not PyTorch")
    theirs, after = cases.seeded(torch, real.models, name)
    mine, mine_after = cases.seeded(penlight, models, name)
    assert after == mine_after
    state = theirs.state_dict()
    assert list(state) == list(mine.state_dict())
    for key, value in mine.state_dict().items():
        np.testing.assert_array_equal(value.numpy(), state[key].numpy(), err_msg=key)
    with torch.no_grad():
        expected = theirs(cases.image(torch)).numpy()
    with penlight.no_grad():
        actual = mine(cases.image(penlight)).numpy()
    np.testing.assert_allclose(actual, expected, atol=TOLERANCE * np.abs(expected).max(), rtol=0)


def test_missing_weights_say_which_file_to_put_where(tmp_path, monkeypatch):
    monkeypatch.setattr(hub, "_chosen", {"dir": str(tmp_path)})
    expected = "resnet18-f37072fd.pth"
    for options in ({"weights": "DEFAULT"}, {"weights": models.ResNet18_Weights.IMAGENET1K_V1}):
        with pytest.raises(OSError, match=expected) as caught:
            models.resnet18(**options)
        assert str(tmp_path / "checkpoints" / expected) in str(caught.value)
    with pytest.warns(UserWarning, match="deprecated"), pytest.raises(OSError, match=expected):
        models.resnet18(pretrained=True)
    with pytest.warns(UserWarning, match="deprecated"):
        assert isinstance(models.squeezenet1_1(pretrained=False), models.SqueezeNet)


def test_weights_in_the_cache_are_loaded(tmp_path, monkeypatch):
    monkeypatch.setattr(hub, "_chosen", {"dir": str(tmp_path)})
    (tmp_path / "checkpoints").mkdir()
    original = models.squeezenet1_1()
    path = tmp_path / "checkpoints" / "squeezenet1_1-b8a52dc0.pth"
    penlight.save(original.state_dict(), path)
    with pytest.raises(RuntimeError, match="invalid hash"):
        models.squeezenet1_1(weights="DEFAULT")
    monkeypatch.setattr(hub, "_check_hash", lambda path, prefix: None)
    loaded = models.squeezenet1_1(weights="IMAGENET1K_V1")
    assert all(penlight.equal(a, b) for a, b in zip(original.parameters(), loaded.parameters()))
    with pytest.raises(ValueError, match="num_classes"):
        models.squeezenet1_1(weights="DEFAULT", num_classes=3)


def test_old_names_in_published_densenets_are_understood():
    from penlight.vision.models import densenet

    assert densenet._OLD_KEY.sub(r"\1\2", "features.denseblock1.denselayer2.norm.1.weight") == (
        "features.denseblock1.denselayer2.norm1.weight"
    )


def test_weights_are_described():
    pytest.importorskip("PIL")
    from PIL import Image

    weights = models.ResNet50_Weights.DEFAULT
    assert weights is models.ResNet50_Weights.IMAGENET1K_V2 and weights.url.endswith("resnet50-11ad3fa6.pth")
    assert weights.meta["num_params"] == 25557032
    preset = weights.transforms()
    assert preset(Image.new("RGB", (300, 400))).shape == (3, 224, 224)
    with pytest.raises(KeyError, match="categories"):
        weights.meta["categories"]
    assert models.get_model("ResNet18", num_classes=2).fc.out_features == 2
    assert models.get_model_weights("resnet18") is models.ResNet18_Weights
    assert set(models.list_models()) == set(cases.FAMILIES)
    with pytest.raises(TypeError, match="Invalid Weight class"):
        models.resnet18(weights=weights)


def test_a_model_trains():
    penlight.manual_seed(0)
    model = models.resnet18(num_classes=3)
    model.fc = nn.Linear(512, 2)
    optimizer = penlight.optim.SGD(model.parameters(), lr=0.01, momentum=0.9)
    x, y = penlight.randn(4, 3, 32, 32), penlight.tensor([0, 1, 0, 1])
    losses = []
    for _ in range(4):
        loss = nn.functional.cross_entropy(model(x), y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(float(loss.detach()))
    assert losses[-1] < losses[0]


def test_a_missing_model_says_so():
    with pytest.raises(AttributeError, match=r"penlight does not have torchvision\.models\.raft_large"):
        models.raft_large
