"""Grids, drawing and image files. Where torchvision can be imported, beside it."""

from __future__ import annotations

import io

import numpy as np
import pytest

pytest.importorskip("PIL")
from PIL import Image

import penlight
from penlight.vision import io as vision_io
from penlight.vision import utils

BATCH = np.random.RandomState(0).rand(5, 3, 6, 7).astype(np.float32)
BYTES = (BATCH[0] * 255).astype(np.uint8)


def test_grid_places_images():
    images = penlight.arange(6.0).reshape(6, 1, 1, 1).expand(6, 1, 2, 3)
    grid = utils.make_grid(images, nrow=4, padding=1, pad_value=9)
    assert grid.shape == (3, 2 * 3 + 1, 4 * 4 + 1)
    for i in range(6):
        top, left = i // 4 * 3 + 1, i % 4 * 4 + 1
        assert (grid[:, top : top + 2, left : left + 3] == i).all()
    assert (grid[:, 0] == 9).all() and (grid[:, 4:, 9:] == 9).all()


def test_grid_of_one_image_and_of_lists():
    assert utils.make_grid(penlight.zeros(4, 5)).shape == (3, 4, 5)
    assert utils.make_grid([penlight.zeros(3, 4, 5)] * 2, padding=0).shape == (3, 4, 10)
    with pytest.raises(TypeError, match="tensor or list of tensors expected"):
        utils.make_grid((1, 2))
    scaled = utils.make_grid(penlight.tensor([[[[2.0]]], [[[4.0]]]]), padding=0, normalize=True)
    assert scaled[0].tolist() == [[0.0, 1.0]]


def test_save_image(tmp_path):
    utils.save_image(penlight.from_numpy(BATCH), tmp_path / "a.png", nrow=3)
    grid = utils.make_grid(penlight.from_numpy(BATCH), nrow=3).numpy()
    expected = (grid * 255 + 0.5).clip(0, 255).astype(np.uint8).transpose(1, 2, 0)
    assert np.array_equal(np.asarray(Image.open(tmp_path / "a.png")), expected)
    buffer = io.BytesIO()
    utils.save_image(penlight.from_numpy(BATCH[0]), buffer, format="png")
    assert Image.open(io.BytesIO(buffer.getvalue())).size == (7, 6)
    with pytest.raises(ValueError, match="unknown file extension"):
        utils.save_image(penlight.zeros(3, 2, 2), tmp_path / "a.nothing")
    assert [path.name for path in tmp_path.iterdir()] == ["a.png"]


def test_image_files(tmp_path):
    image = penlight.from_numpy(BYTES)
    vision_io.write_png(image, tmp_path / "a.png")
    assert penlight.equal(vision_io.read_image(tmp_path / "a.png"), image)
    assert vision_io.read_image(str(tmp_path / "a.png"), vision_io.ImageReadMode.GRAY).shape == (1, 6, 7)
    assert vision_io.decode_image(vision_io.encode_png(image), mode="RGB_ALPHA").shape == (4, 6, 7)
    vision_io.write_jpeg(image, tmp_path / "a.jpg", quality=90)
    expected = np.asarray(Image.open(tmp_path / "a.jpg")).transpose(2, 0, 1)
    assert np.array_equal(vision_io.read_image(tmp_path / "a.jpg").numpy(), expected)
    with pytest.raises(RuntimeError, match="no image"):
        vision_io.decode_png(penlight.zeros(9, dtype=penlight.uint8))
    with pytest.raises(RuntimeError, match="uint8"):
        vision_io.encode_png(penlight.zeros(3, 2, 2))
    with pytest.raises(FileNotFoundError):
        vision_io.read_image(tmp_path / "none.png")


def test_boxes_and_masks():
    image = penlight.zeros(3, 10, 12, dtype=penlight.uint8)
    drawn = utils.draw_bounding_boxes(image, penlight.tensor([[2.0, 3.0, 8.0, 7.0]]), colors="red")
    assert drawn[:, 3, 2:9].tolist() == [[255] * 7, [0] * 7, [0] * 7] and int(drawn[:, 5, 5].sum()) == 0
    with pytest.raises(ValueError, match="format"):
        utils.draw_bounding_boxes(image, penlight.tensor([[8, 3, 2, 7]]))
    mask = penlight.zeros(10, 12, dtype=penlight.bool)
    mask[2:4] = True
    coloured = utils.draw_segmentation_masks(image, mask, alpha=0.5, colors=[(200, 100, 0)])
    assert coloured[:, 2, 0].tolist() == [100, 50, 0] and int(coloured[:, 5].sum()) == 0


def test_keypoints():
    image = penlight.zeros(3, 12, 14, dtype=penlight.uint8)
    points = penlight.tensor([[[2.9, 3], [9, 3], [5, 9]]])
    drawn = utils.draw_keypoints(
        image, points, [(0, 1), (1, 2)], "red", radius=1, width=1, visibility=points[..., 0] != 5
    )
    assert drawn[:, 3, 2].tolist() == [255, 255, 255] and drawn[:, 2, 2].tolist() == [255, 0, 0]  # the line is on top
    assert (drawn[:, 3, 2:9] == 255).all() and int(drawn[:, 8:].sum()) == 0
    half = utils.draw_keypoints(image.float(), points, colors="red")
    assert half.dtype == penlight.float32 and float(half.max()) == 1.0
    for wrong, message in ((points[0], "num_instances, K, 2"), (image, "RGB")):
        with pytest.raises(ValueError, match=message):
            utils.draw_keypoints(image if wrong is not image else image[:1], wrong if wrong is not image else points)
    with pytest.raises(ValueError, match="visibility"):
        utils.draw_keypoints(image, points, visibility=penlight.ones(1, 2))


def test_flow():
    flow = penlight.zeros(2, 1, 5)
    flow[0, 0, 0], flow[1, 0, 1], flow[0, 0, 2], flow[1, 0, 3] = 2.0, 2.0, -2.0, -1.0
    colors = utils.flow_to_image(flow)
    assert colors.dtype == penlight.uint8 and colors[:, 0, 4].tolist() == [255, 255, 255]  # no flow is white
    # right red, down yellow, left cyan-blue, up (half as long) between blue and white
    assert colors[:, 0, :4].T.tolist() == [[255, 0, 0], [255, 229, 0], [0, 209, 255], [171, 127, 255]]
    assert utils.flow_to_image(flow[None]).shape == (1, 3, 1, 5)
    with pytest.raises(ValueError, match="torch.float"):
        utils.flow_to_image(flow.double())
    with pytest.raises(ValueError, match="shape"):
        utils.flow_to_image(flow[:1])


def test_animations_and_lists(tmp_path):
    frames = [Image.new("RGB", (4, 3), color) for color in ("red", "blue")]
    frames[0].save(tmp_path / "a.gif", save_all=True, append_images=frames[1:])
    movie = vision_io.decode_gif(vision_io.read_file(tmp_path / "a.gif"))
    assert movie.shape == (2, 3, 3, 4) and movie[1, :, 0, 0].tolist() == [0, 0, 255]
    frames[0].save(tmp_path / "b.gif")
    assert vision_io.decode_gif(vision_io.read_file(tmp_path / "b.gif")).shape == (3, 3, 4)
    files = vision_io.encode_jpeg([penlight.zeros(3, 8, 8, dtype=penlight.uint8)] * 2)
    assert [image.shape for image in vision_io.decode_jpeg(files, "GRAY")] == [(1, 8, 8)] * 2
    assert vision_io.ImageReadMode.RGBA is vision_io.ImageReadMode.RGB_ALPHA
    with pytest.raises(RuntimeError, match="no image"):
        vision_io.decode_webp(files[0])


def drawings(U, lib, image, masks):
    """Each kind of drawing, with torchvision's modules or penlight's."""
    points = np.random.RandomState(2).rand(2, 4, 2) * 30
    points, boxes = lib.from_numpy(points), lib.tensor([[3, 2, 30, 20], [10.5, 5, 50, 39]])
    seen = lib.tensor([[1, 0, 1, 1], [0, 1, 1, 1]]).bool()
    yield U.draw_keypoints(image, points, [(0, 1), (2, 3)], "red", 3, 2)
    yield U.draw_keypoints(image, points, [(0, 1), (2, 3)], (1, 2, 3), visibility=seen)
    yield U.draw_bounding_boxes(image, boxes, ["ab", "c"])
    yield U.draw_bounding_boxes(image, boxes, ["ab", None], "blue", fill_labels=True)
    styles = {"label_colors": "white", "label_background_colors": ["red", "green"]}
    yield U.draw_bounding_boxes(image, boxes, ["ab", "d"], ["blue", (3, 4, 5)], fill=True, **styles, fill_labels=True)
    for options in ({}, {"width": 3, "fill": True}):
        yield U.draw_bounding_boxes(image, lib.tensor([[3, 2, 30, 5, 28, 20, 1, 17]]), colors="red", **options)
    yield U.draw_bounding_boxes(image[:1], boxes)
    yield U.draw_segmentation_masks(image, lib.from_numpy(masks))
    yield U.flow_to_image((image[:2].float() - 100).repeat(2, 1, 1, 1))


@pytest.mark.live
@pytest.mark.parametrize("kind", [np.uint8, np.float32])
def test_drawings_beside_torchvision(kind):
    torch, real = pytest.importorskip("torch"), pytest.importorskip("torchvision")
    if "penlight" in (torch.__file__ or ""):
        pytest.skip("the alias is installed: this is not PyTorch")
    array = np.random.RandomState(0).rand(3, 40, 60)
    array = (array * 255).astype(kind) if kind == np.uint8 else array.astype(kind)
    masks = np.random.RandomState(1).rand(2, 40, 60) > 0.6
    theirs = drawings(real.utils, torch, torch.from_numpy(array), masks)
    for mine in drawings(utils, penlight, penlight.from_numpy(array), masks):
        expected = next(theirs)
        assert str(mine.dtype) == str(expected.dtype)
        np.testing.assert_allclose(mine.numpy(), expected.numpy(), atol=1e-7)


@pytest.mark.live
def test_beside_torchvision():
    torch, real = pytest.importorskip("torch"), pytest.importorskip("torchvision")
    if "penlight" in (torch.__file__ or ""):
        pytest.skip("the alias is installed: this is not PyTorch")
    for options in (
        {},
        {"nrow": 2, "padding": 3},
        {"normalize": True, "scale_each": True},
        {"normalize": True, "value_range": (0.2, 0.6)},
    ):
        mine, theirs = (
            utils.make_grid(penlight.from_numpy(BATCH), **options),
            real.utils.make_grid(torch.from_numpy(BATCH), **options),
        )
        np.testing.assert_allclose(mine.numpy(), theirs.numpy(), rtol=1e-6)
    boxes = np.array([[0, 1, 4, 3], [2.6, 2, 6, 5]], np.float32)
    masks = np.random.RandomState(1).rand(2, 6, 7) > 0.6
    for array in (BYTES, BATCH[0]):
        for options in ({}, {"colors": ["red", (3, 4, 5)], "fill": True}, {"colors": "blue", "width": 2}):
            mine = utils.draw_bounding_boxes(penlight.from_numpy(array), penlight.from_numpy(boxes), **options)
            theirs = real.utils.draw_bounding_boxes(torch.from_numpy(array), torch.from_numpy(boxes), **options)
            np.testing.assert_allclose(mine.numpy(), theirs.numpy(), atol=1e-6)
        for options in ({}, {"alpha": 0.3, "colors": [(1, 2, 3), (9, 200, 0)]}):
            mine = utils.draw_segmentation_masks(penlight.from_numpy(array), penlight.from_numpy(masks), **options)
            theirs = real.utils.draw_segmentation_masks(torch.from_numpy(array), torch.from_numpy(masks), **options)
            np.testing.assert_allclose(mine.numpy(), theirs.numpy(), atol=1e-6)
