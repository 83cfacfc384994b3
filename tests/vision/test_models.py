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
# Sums over up to 53 layers in another order, relative to the largest logit
TOLERANCE = 1e-5  # float32
TOLERANCE_64 = 1e-9  # float64, with norms that enlarge errors


@pytest.mark.parametrize("name", [n for n in cases.RECORDED if n not in cases.HUGE])
def test_keys_and_shapes(name):
    assert cases.keys(penlight, models, name) == RECORDED[name]["keys"]


@pytest.mark.parametrize("name", cases.RUN)
def test_initial_weights_and_output(name):
    found = cases.facts(penlight, models, name)
    expected = RECORDED[name]
    assert found["next"] == pytest.approx(expected["next"], abs=1e-12)
    np.testing.assert_allclose(found["sums"], expected["sums"], rtol=1e-9)
    largest = np.abs(expected["logits"]).max()
    np.testing.assert_allclose(found["logits"], expected["logits"], atol=TOLERANCE_64 * largest, rtol=0)


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
        expected = theirs(cases.image(torch, name)).numpy()
    with penlight.no_grad():
        actual = mine(cases.image(penlight, name)).numpy()
    np.testing.assert_allclose(actual, expected, atol=TOLERANCE * np.abs(expected).max(), rtol=0)
    expected, actual = cases.deep(torch, theirs, name), cases.deep(penlight, mine, name)
    np.testing.assert_allclose(actual, expected, atol=TOLERANCE_64 * np.abs(expected).max(), rtol=0)


def test_missing_weights_say_which_file_to_put_where(tmp_path, monkeypatch):
    monkeypatch.setattr(hub, "_chosen", {"dir": str(tmp_path)})
    monkeypatch.setenv("PENLIGHT_OFFLINE", "1")
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
    assert models.get_model_weights(models.resnet18) is models.ResNet18_Weights
    for function in (models.get_model, models.get_model_weights, models.get_model_builder):
        with pytest.raises(ValueError, match="Unknown model resnet19"):
            function("resnet19")
    assert set(models.list_models()) == set(cases.FAMILIES)
    assert models.list_models(models, include=["resnet*", "vgg11*"], exclude="*1*") == ["resnet34", "resnet50"]
    assert models.googlenet.__wrapped__.__module__ == "penlight.vision.models.googlenet"
    assert models.vgg.VGG16_Weights is models.VGG16_Weights
    with pytest.raises(TypeError, match="Invalid Weight class"):
        models.resnet18(weights=weights)


def test_a_model_trains():
    penlight.manual_seed(0)
    model = models.ResNet(models.resnet.BasicBlock, [1, 1, 1, 1], num_classes=3)
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


def test_outputs_of_submodules():
    from penlight.vision.models._utils import IntermediateLayerGetter
    from penlight.vision.models.feature_extraction import create_feature_extractor, get_graph_node_names

    model = models.resnet18(num_classes=5).eval()
    x = penlight.randn(1, 3, 64, 64)
    nodes = {"avgpool": "p", "layer1": "l", "layer1.0.relu_1": "r", "relu": "first", "layer1.0.relu": "inner"}
    found = create_feature_extractor(model, nodes)(x)
    assert list(found) == ["first", "inner", "r", "l", "p"]
    stem = model.maxpool(nn.functional.relu(model.bn1(model.conv1(x))))
    assert penlight.equal(found["r"], model.layer1[0](stem)) and penlight.equal(found["l"], model.layer1(stem))
    assert penlight.equal(model.fc(found["p"].flatten(1)), model(x))
    both = create_feature_extractor(model, train_return_nodes=["fc"], eval_return_nodes=["layer4"])
    assert list(both(x)) == ["layer4"] and list(both.train()(penlight.cat([x, x]))) == ["fc"]
    assert list(both.double().eval()(x.double())) == ["layer4"]
    with pytest.raises(ValueError, match="'add' is not present"):
        create_feature_extractor(model, ["add"])
    with pytest.raises(ValueError, match="Either `return_nodes`"):
        create_feature_extractor(model, train_return_nodes=["fc"])
    with pytest.raises(ValueError, match=r"\['again'\] were not computed"):
        create_feature_extractor(model, {"fc_1": "again"})(x.double())
    with pytest.raises(NotImplementedError, match="does not trace"):
        get_graph_node_names(model)
    getter = IntermediateLayerGetter(model, {"layer1": "a", "layer3": "b"})
    assert list(getter(x.double())) == ["a", "b"] and "layer4" not in getter
    with pytest.raises(ValueError, match="not present"):
        IntermediateLayerGetter(model, {"layer9": "a"})


def test_inception_and_googlenet_train_with_auxiliary_outputs():
    x = penlight.randn(2, 3, 48, 48)
    out = models.googlenet(num_classes=4, init_weights=False)(x)
    assert type(out).__name__ == "GoogLeNetOutputs" and out.aux_logits1.shape == out.logits.shape == (2, 4)
    with pytest.warns(FutureWarning, match="init_weights"), pytest.raises(ValueError, match="blocks"):
        models.GoogLeNet(blocks=[nn.Conv2d])
