"""Datasets of image files with lists, and those in formats of their own: each from a few files made here."""

from __future__ import annotations

import base64
import bz2
import hashlib
import json

import numpy as np
import pytest

pytest.importorskip("PIL")
from PIL import Image

import penlight
from penlight.vision import datasets
from penlight.vision.datasets import files as image_lists
from penlight.vision.datasets.matlab import read_mat

HEAD = b"MATLAB 5.0 MAT-file".ljust(124)
# Written by another program: uint8 X (2, 2, 3, 2) of 0 … 23, double y, a text, single f, int16 n
COMPRESSED = base64.b64decode(
    "AAFJTQ8AAABAAAAAeJzjY2BgCABiNiDmAGJOBghgBWIBIGaCYmYozQiEEVC2BEghD5sQEx+HCIsAlxgjL7swMz+nKKsgtzgASKACHA8AAAAtAAAAeJzj"
    "Y2BgcABiNiDmgNIgwArlMwExIxgzMlQCaU4gFmCAARUHCM3hAAAwNgGzDwAAACgAAAB4nONjYGAwAGI2IOYAYhYGCGCF8hmhYoxAWAKkBYC8ktSKEgAc"
    "mQKyDwAAACoAAAB4nONjYGCwAGI2IOYAYnYGCGCF8hmBmAlMMzKkQeU5wCoO2IMIACbRAqIPAAAAKgAAAHic42NgYDAAYjYg5gBiLgYIYIXyGYGYCUwz"
    "MuQBaWYGFiBLhxEAGKsBDA=="
)
PLAIN = base64.b64decode(
    "AAFJTQ4AAABQAAAABgAAAAgAAAAJAAAAAAAAAAUAAAAQAAAAAgAAAAIAAAADAAAAAgAAAAEAAQBYAAAAAgAAABgAAAAADAYSAg4IFAQQChYBDQcTAw8J"
    "FQURCxcOAAAAQAAAAAYAAAAIAAAABgAAAAAAAAAFAAAACAAAAAIAAAABAAAAAQABAHkAAAAJAAAAEAAAAAAAAAAAACRAAAAAAAAACEAOAAAAMAAAAAYA"
    "AAAIAAAABAAAAAAAAAAFAAAACAAAAAEAAAAEAAAAAQABAHQAAAAQAAQAdGV4dA4AAAA4AAAABgAAAAgAAAAHAAAAAAAAAAUAAAAIAAAAAQAAAAIAAAAB"
    "AAEAZgAAAAcAAAAIAAAAAADAPwAAAMAOAAAAMAAAAAYAAAAIAAAACgAAAAAAAAAFAAAACAAAAAEAAAACAAAAAQABAG4AAAADAAQAAQAsAQ=="
)


@pytest.fixture(autouse=True)
def no_network(monkeypatch):
    monkeypatch.setenv("PENLIGHT_OFFLINE", "1")


def photo(path, color=(9, 8, 7), size=(5, 4)):
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new("RGB" if isinstance(color, tuple) else "L", size, color).save(path)


def lines(path, *rows):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(rows) + "\n", encoding="utf-8")


@pytest.mark.parametrize("content", [COMPRESSED, PLAIN], ids=["compressed", "plain"])
def test_matlab_files(tmp_path, content):
    path = tmp_path / "a.mat"
    path.write_bytes(HEAD + content)
    arrays = read_mat(path)
    assert sorted(arrays) == ["X", "f", "n", "y"]
    assert np.array_equal(arrays["X"], np.arange(24).reshape(2, 2, 3, 2)) and arrays["X"].dtype == np.uint8
    assert arrays["y"].tolist() == [[10.0], [3.0]] and arrays["n"].tolist() == [[1, 300]]
    assert arrays["f"].tolist() == [[1.5, -2.0]] and arrays["f"].dtype == np.float32
    path.write_bytes((HEAD + content)[:-20])
    with pytest.raises(ValueError, match="cut off"):
        read_mat(path)
    path.write_bytes(b"\x89HDF\r\n" * 40)
    with pytest.raises(ValueError, match="expected a MATLAB file of format 5"):
        read_mat(path)


def test_svhn(tmp_path, monkeypatch):
    (tmp_path / "test_32x32.mat").write_bytes(HEAD + PLAIN)
    with pytest.raises(RuntimeError, match=r"(?s)not found or corrupted.*test_32x32.mat"):  # another sum
        datasets.SVHN(tmp_path, "test")
    digest = hashlib.md5(HEAD + PLAIN).hexdigest()
    monkeypatch.setitem(datasets.SVHN.split_list, "test", ["http://127.0.0.1:9/a", "test_32x32.mat", digest])
    dataset = datasets.SVHN(str(tmp_path), "test", download=True)
    assert dataset.data.shape == (2, 3, 2, 2) and dataset.labels.tolist() == [0, 3]
    image, label = dataset[1]
    expected = np.arange(24).reshape(2, 2, 3, 2)[..., 1]
    assert label == 3 and np.array_equal(np.asarray(image), expected) and repr(dataset).endswith("Split: test")
    with pytest.raises(ValueError, match="Unknown value 'all'"):
        datasets.SVHN(tmp_path, "all")
    with pytest.raises(OSError, match="train_32x32.mat"):
        datasets.SVHN(tmp_path, download=True)


def test_usps(tmp_path):
    row = " ".join(f"{i + 1}:{-1 if i else 0.5}" for i in range(256))
    (tmp_path / "usps.t.bz2").write_bytes(bz2.compress(f"3 {row}\n10 {row}\n".encode()))
    dataset = datasets.USPS(tmp_path, train=False)
    image, label = dataset[1]
    assert len(dataset) == 2 and label == 9 and dataset.targets == [2, 9]
    assert (
        image.size == (16, 16) and image.mode == "L" and image.getpixel((0, 0)) == 191 and image.getpixel((1, 0)) == 0
    )
    with pytest.raises(OSError, match=r"(?s)PENLIGHT_OFFLINE.*usps.bz2"):
        datasets.USPS(tmp_path, download=True)


def test_food101(tmp_path):
    base = tmp_path / "food-101"
    photo(base / "images" / "pho" / "12.jpg")
    lines(base / "meta" / "train.json", json.dumps({"pho": ["pho/12"], "apple_pie": []}))
    dataset = datasets.Food101(tmp_path)
    assert dataset[0][1] == 1 and dataset.classes == ["apple_pie", "pho"] and dataset[0][0].size == (5, 4)
    assert "split=train" in repr(dataset)
    with pytest.raises(RuntimeError, match="test.json"):
        datasets.Food101(tmp_path, "test")
    with pytest.raises(OSError, match="food-101.tar.gz"):
        datasets.Food101(tmp_path / "new", download=True)


def test_flowers102(tmp_path, monkeypatch):
    base = tmp_path / "flowers-102"
    photo(base / "jpg" / "image_00002.jpg")
    with pytest.raises(RuntimeError, match="imagelabels.mat"):
        datasets.Flowers102(tmp_path)
    for name in ("imagelabels.mat", "setid.mat"):
        (base / name).write_bytes(HEAD + PLAIN)
    with pytest.raises(RuntimeError, match="MD5"):
        datasets.Flowers102(tmp_path)
    tables = {"imagelabels.mat": {"labels": np.array([[77, 102]])}, "setid.mat": {"valid": np.array([[2]])}}
    monkeypatch.setattr(image_lists, "read_mat", lambda path: tables[path.rpartition("/")[2]])
    monkeypatch.setattr(image_lists, "check_integrity", lambda path, md5: True)
    dataset = datasets.Flowers102(tmp_path, "val")
    assert len(dataset) == 1 and dataset[0][1] == 101


def test_pets(tmp_path):
    base = tmp_path / "oxford-iiit-pet"
    lines(base / "annotations" / "test.txt", "great_pug_7 2 2 1", "Bengal_3 1 1 1")
    for name in ("great_pug_7", "Bengal_3"):
        photo(base / "images" / (name + ".jpg"))
        photo(base / "annotations" / "trimaps" / (name + ".png"), 3)
    dataset = datasets.OxfordIIITPet(tmp_path, "test", ["category", "binary-category", "segmentation"])
    _, (kind, species, mask) = dataset[0]
    assert (kind, species, mask.getpixel((0, 0))) == (1, 1, 3) and dataset.classes == ["Bengal", "Great Pug"]
    both = datasets.OxfordIIITPet(tmp_path, "test", transforms=lambda image, target: (image.size, target + 5))
    assert both[1] == ((5, 4), 5)
    with pytest.raises(ValueError, match="target_types"):
        datasets.OxfordIIITPet(tmp_path, "test", "breed")


def test_omniglot(tmp_path):
    base = tmp_path / "omniglot-py" / "images_background"
    for alphabet, character, count in (
        ("Greek", "character01", 2),
        ("Greek", "character02", 1),
        ("Latin", "character01", 1),
    ):
        for i in range(count):
            photo(base / alphabet / character / f"{i}.png", 200)
    dataset = datasets.Omniglot(tmp_path)
    assert [dataset[i][1] for i in range(len(dataset))] == [0, 0, 1, 2] and dataset[3][0].mode == "L"
    with pytest.raises(RuntimeError, match="images_evaluation"):
        datasets.Omniglot(tmp_path, background=False)
    with pytest.raises(OSError, match="images_evaluation.zip"):
        datasets.Omniglot(tmp_path, background=False, download=True)


XML = """<annotation><filename>a.jpg</filename><empty/><size><width>5</width><height>4</height></size>
<object><name>dog</name><bndbox><xmin>1</xmin></bndbox></object></annotation>"""


def test_voc(tmp_path):
    base = tmp_path / "VOCdevkit" / "VOC2007"
    photo(base / "JPEGImages" / "a.jpg")
    photo(base / "SegmentationClass" / "a.png", 15)
    lines(base / "ImageSets" / "Segmentation" / "test.txt", "a")
    lines(base / "ImageSets" / "Main" / "val.txt", "a")
    lines(base / "Annotations" / "a.xml", XML)
    segmentation = datasets.VOCSegmentation(tmp_path, "2007", "test", target_transform=np.asarray)
    assert segmentation[0][1].shape == (4, 5) and segmentation[0][1][0, 0] == 15 and len(segmentation.masks) == 1
    detection = datasets.VOCDetection(tmp_path, "2007", "val")
    assert detection[0][1] == {
        "annotation": {
            "filename": "a.jpg", "size": {"width": "5", "height": "4"},
            "object": [{"name": "dog", "bndbox": {"xmin": "1"}}],
        }
    }  # fmt: skip
    with pytest.raises(ValueError, match="image_set"):
        datasets.VOCSegmentation(tmp_path, "2012", "test")
    with pytest.raises(RuntimeError, match="trainval.txt"):
        datasets.VOCDetection(tmp_path, "2011", "trainval")
    with pytest.raises(OSError, match="VOCtrainval_11-May-2012.tar"):
        datasets.VOCDetection(tmp_path, download=True)


def test_coco(tmp_path):
    photo(tmp_path / "b.jpg")
    notes = [
        {"id": 5, "image_id": 3, "bbox": [1, 2, 3, 4], "caption": "one"},
        {"id": 2, "image_id": 3, "caption": "two"},
    ]
    images = [{"id": 3, "file_name": "b.jpg"}, {"id": 1, "file_name": "b.jpg"}]
    lines(tmp_path / "a.json", json.dumps({"images": images, "annotations": notes, "categories": [{"id": 1}]}))
    dataset = datasets.CocoDetection(tmp_path, tmp_path / "a.json")
    assert dataset.ids == [1, 3] and dataset[0][1] == [] and dataset[1][1] == notes and dataset[1][0].size == (5, 4)
    assert datasets.CocoCaptions(tmp_path, tmp_path / "a.json")[1][1] == ["one", "two"]
    assert dataset.coco.getCatIds() == [1]
    with pytest.raises(ValueError, match="integer"):
        dataset["1"]
    with pytest.raises(AttributeError, match="pycocotools"):
        dataset.coco.annToMask


def test_celeba(tmp_path, monkeypatch):
    base = tmp_path / "celeba"
    photo(base / "img_align_celeba" / "000001.jpg")
    photo(base / "img_align_celeba" / "000002.jpg")
    lines(base / "list_eval_partition.txt", "000001.jpg 0", "000002.jpg 1")
    lines(base / "list_attr_celeba.txt", "2", "Young Bald", "000001.jpg  1 -1", "000002.jpg -1  1")
    lines(base / "identity_CelebA.txt", "000001.jpg 88", "000002.jpg 99")
    lines(
        base / "list_bbox_celeba.txt", "2", "image_id x_1 y_1 width height", "000001.jpg 1 2 3 4", "000002.jpg 5 6 7 8"
    )
    lines(base / "list_landmarks_align_celeba.txt", "2", "a b", "000001.jpg 1 2", "000002.jpg 3 4")
    with pytest.raises(RuntimeError, match="corrupted"):
        datasets.CelebA(tmp_path)
    with pytest.raises(OSError, match="Google Drive.*img_align_celeba.zip"):
        datasets.CelebA(tmp_path, download=True)
    monkeypatch.setattr(datasets.CelebA, "file_list", [(a, None, name) for a, _, name in datasets.CelebA.file_list])
    dataset = datasets.CelebA(tmp_path, "valid", ["attr", "identity", "bbox", "landmarks"])
    _, (attributes, identity, box, landmarks) = dataset[0]
    assert attributes.tolist() == [0, 1] and int(identity) == 99 and box.tolist() == [5, 6, 7, 8]
    assert landmarks.tolist() == [3, 4] and dataset.attr_names == ["Young", "Bald"] and len(dataset) == 1
    assert len(datasets.CelebA(tmp_path, "all")) == 2 and datasets.CelebA(tmp_path, target_type=[])[0][1] is None


def test_imagenet(tmp_path):
    photo(tmp_path / "val" / "n02" / "a.JPEG")
    photo(tmp_path / "val" / "n01" / "b.JPEG")
    with pytest.raises(RuntimeError, match="meta.bin is not present"):
        datasets.ImageNet(tmp_path, "val")
    penlight.save(({"n01": ("tench", "Tinca tinca"), "n02": ("goldfish",)}, ["n02"]), tmp_path / "meta.bin")
    dataset = datasets.ImageNet(str(tmp_path), "val")
    assert dataset[1][1] == 1 and dataset.wnids == ["n01", "n02"] and dataset.classes[1] == ("goldfish",)
    assert dataset.class_to_idx == {"tench": 0, "Tinca tinca": 0, "goldfish": 1} and dataset.root == str(tmp_path)
    with pytest.raises(RuntimeError, match="train is not present"):
        datasets.ImageNet(tmp_path)
