"""Functions and transforms of v2 as expressions, evaluated alike with torchvision and with penlight.

Names in an expression: t (torch), F (v2.functional), T (v2), T1 (v1), V (tv_tensors), X (the input that it is tried on), and the
inputs that `names` makes. Each starts from seed 7; after it one more number is drawn, so that equal results mean that as
many numbers were drawn.
"""

from __future__ import annotations

import numpy as np

from tests.vision import transform_cases

GEOMETRY = """
F.horizontal_flip(X)
F.vertical_flip(X)
F.resize(X, 9)
F.resize(X, [11, 31])
F.resize(X, [9], max_size=10)
F.resize(X, None, max_size=40)
F.resize(X, [9, 12], "nearest")
F.resize(X, [9, 12], F.InterpolationMode.NEAREST_EXACT)
F.resize(X, [9, 12], 3)
F.resize(X, [9, 12], antialias=False)
F.resize(X, [18, 20])
F.crop(X, 2, 3, 7, 9)
F.crop(X, -2, -3, 30, 9)
F.crop(X, 30, 3, 5, 9)
F.center_crop(X, 8)
F.center_crop(X, [25, 9])
F.pad(X, 2)
F.pad(X, [1, 2], fill=9)
F.pad(X, [1, 2, 3, 4], padding_mode="edge")
F.pad(X, 3, padding_mode="reflect")
F.pad(X, [1, 2, 3, 4], padding_mode="symmetric")
F.pad(X, [1, 2, 3, 4], [1, 2, 3])
F.pad(X, [1, 0, 3, 4], [7])
F.resized_crop(X, 1, 2, 8, 9, [5, 6])
F.rotate(X, 30)
F.rotate(X, 30, "bilinear")
F.rotate(X, -75, expand=True)
F.rotate(X, 90, expand=True)
F.rotate(X, 180)
F.rotate(X, 90)
F.rotate(X, 40, center=[2, 3], fill=[7])
F.affine(X, 20, [2, -3], 1.2, [5, 10])
F.affine(X, 20, [2, -3], 0.7, 8, "bilinear", fill=[3], center=[1, 2])
F.perspective(X, [[0, 0], [19, 0], [19, 17], [0, 17]], [[2, 1], [15, 3], [18, 16], [1, 13]])
F.perspective(X, None, None, fill=4, coefficients=[1.1, 0.1, 0.5, -0.1, 0.9, 1.0, 0.001, 0.002])
F.elastic(X, disp)
F.elastic(X, disp, "nearest", fill=[3.0])
F.five_crop(X, 6)
F.ten_crop(X, (6, 7), vertical_flip=True)
F.get_dimensions(X)
F.get_size(X)
F.get_num_channels(X)
F.to_dtype(X, t.float64)
F.normalize(X, [0.1, 0.2, 0.3], [0.5, 0.6, 0.7])
F.resize(X, "x")
F.resize(X, [9, 12], "zz")
F.resize(X, [9, 12], max_size=30)
F.resize(X, 9, max_size=9)
F.resize(X, None)
F.pad(X, [1, 2, 3])
F.pad(X, "x")
F.pad(X, 1, padding_mode="wrap")
F.rotate(X, 3, "bicubic")
F.affine(X, "x", [2, -3], 1.2, [5, 10])
F.affine(X, 1, [2], 1.2, [5, 10])
F.affine(X, 1, [2, 1], -1.2, [5, 10])
F.affine(X, 1, [2, 1], 1.2, "x")
F.affine(X, 1, [2, 1], 1.2, [1, 2, 3])
F.affine(X, 1, [2, 1], 1.2, [1, 2], center=3)
F.perspective(X, None, None)
F.perspective(X, None, None, coefficients=[1, 2])
F.elastic(X, 3)
F.elastic(X, disp[:, :3])
F.five_crop(X, 40)
F.five_crop(X, [1, 2, 3])
F.crop(X, 1)
""".strip().splitlines()

COLORS = """
F.adjust_brightness(X, 0.3)
F.adjust_brightness(X, 1.7)
F.adjust_contrast(X, 0.4)
F.adjust_contrast(X, 1.9)
F.adjust_saturation(X, 0.2)
F.adjust_saturation(X, 2.2)
F.adjust_hue(X, 0.2)
F.adjust_hue(X, -0.37)
F.adjust_gamma(X, 0.7, 1.1)
F.adjust_gamma(X, 2)
F.adjust_sharpness(X, 2.0)
F.adjust_sharpness(X, 0.3)
F.rgb_to_grayscale(X)
F.rgb_to_grayscale(X, 3)
F.grayscale_to_rgb(X)
F.posterize(X, 3)
F.posterize(X, 0)
F.solarize(X, 0.4)
F.solarize(X, 100)
F.autocontrast(X)
F.equalize(X)
F.invert(X)
F.permute_channels(X, [2, 0, 1])
F.gaussian_blur(X, 5)
F.gaussian_blur(X, [3, 7], [0.8, 2.0])
F.gaussian_noise(X)
F.gaussian_noise(X, 0.1, 0.5, clip=False)
F.erase(X, 1, 2, 3, 4, t.tensor(5))
F.to_dtype(X, t.float32, scale=True)
F.to_dtype(X, t.uint8, scale=True)
F.to_dtype(X, t.int16, scale=True)
F.to_dtype(X, t.int32, scale=True)
F.to_image(X)
F.uniform_temporal_subsample(X, 3)
F.get_num_frames(X)
F.adjust_brightness(X, -1)
F.adjust_hue(X, 0.6)
F.adjust_gamma(X, -1)
F.posterize(X, 9)
F.solarize(X, 300)
F.rgb_to_grayscale(X, 2)
F.permute_channels(X, [0, 1])
F.gaussian_blur(X, 2)
F.gaussian_blur(X, 3, "x")
F.gaussian_blur(X, 3, -1.0)
F.gaussian_noise(X, 0, -1)
""".strip().splitlines()

BOXES = """
F.convert_bounding_box_format(X, new_format="XYXY")
F.convert_bounding_box_format(X, new_format="xywh")
F.convert_bounding_box_format(X, new_format="CXCYWH")
F.convert_bounding_box_format(X, new_format="XYWHR")
F.convert_bounding_box_format(X, new_format="CXCYWHR")
F.convert_bounding_box_format(X, new_format="XYXYXYXY")
F.clamp_bounding_boxes(X)
F.clamp_bounding_boxes(X, clamping_mode=None)
F.sanitize_bounding_boxes(X)
F.sanitize_bounding_boxes(X, min_size=5, min_area=60)
F.clamp_keypoints(X)
F.sanitize_keypoints(X)
F.convert_bounding_box_format(X)
F.convert_bounding_box_format(X, "XYXY", "XYWH")
F.clamp_bounding_boxes(X, format="XYXY")
F.horizontal_flip(X)
F.vertical_flip(X)
F.pad(X, 1)
F.get_size(X)
""".strip().splitlines()

SINGLE = """
F.resize_mask(mask.as_subclass(t.Tensor), [5, 6]).shape
F.convert_bounding_box_format(t.tensor([[1, 2, 3, 4]]), "xywh", "xyxy", inplace=True)
F.clamp_bounding_boxes(t.tensor([[1, 2, 30, 4]]), V.BoundingBoxFormat.XYXY, (5, 6), "soft")
F.clamp_bounding_boxes(t.tensor([[1, 2, 30, 4]]))
F.clamp_keypoints(t.tensor([[1, 2]]), (2, 1))
F.sanitize_bounding_boxes(t.tensor([[1, 2, 3, 4], [5, 6, 7, 90]]), "XYXY", (20, 20))
F.sanitize_keypoints(t.tensor([[1, 2], [5, 60]]), (20, 20))
F.resize_bounding_boxes(t.tensor([[1, 2, 3, 4]]), (10, 12), [5, 6])
F.to_image(array)
F.to_image(array[:, :, 0])
F.to_pil_image(image)
F.get_image_size(image)
F.to_tensor(rgb)
F.convert_image_dtype(byte)
F.horizontal_flip_bounding_boxes(t.tensor([[1, 2, 3, 4]]), V.BoundingBoxFormat.XYXY, (10, 12))
F.pad_bounding_boxes(t.tensor([[1, 2, 3, 4]]), V.BoundingBoxFormat.XYXY, (10, 12), [1, 2])
F.rotate_bounding_boxes(t.tensor([[1, 2, 3, 4]]), V.BoundingBoxFormat.XYXY, (10, 12), 20)
F.affine_keypoints(t.tensor([[1.0, 2]]), (10, 12), 20, [1, 2], 1.0, [0, 0])
F.is_pure_tensor(byte), F.is_pure_tensor(image), F.is_pure_tensor(3)
F.rotate(rotimg, 90), F.rotate(rotimg, 270)
F.register_kernel("nothing", V.Image)
F.register_kernel(len, V.Image)
F.register_kernel("resize", V.Image)
F.register_kernel("resize", t.Tensor)
T.MixUp(num_classes=3)(batch, labels)
T.MixUp(alpha=0.3, num_classes=3)((V.Image(batch), labels))
T.MixUp()({"x": batch, "labels": probs})
T.MixUp(num_classes=3)(vbatch, labels)
T.CutMix(num_classes=3)(batch, labels)
[T.CutMix(alpha=0.5)((V.Image(batch), probs)) for _ in range(5)]
T.CutMix(num_classes=3)(vbatch, labels)
T.CutMix(num_classes=3)(rgb, labels)
T.CutMix()(batch, labels)
T.CutMix(num_classes=5)(batch, probs)
T.CutMix(num_classes=3)(batch[0], labels)
T.CutMix(num_classes=3)(batch[:1], labels)
T.MixUp(num_classes=3)(batch, 3)
T.MixUp(num_classes=3)(batch, labels[:, None, None])
T.LinearTransformation(t.eye(12) * 2, t.ones(12))(t.arange(12.0).reshape(3, 2, 2))
T.LinearTransformation(t.eye(12) * 2, t.ones(12))(V.Image(t.arange(12.0).reshape(3, 2, 2)))
T.JPEG(50)(rgb)
T.JPEG((10, 90))(rgb)
T.JPEG(0)
T.JPEG("x")
T.JPEG(True)
T.JPEG((1, 2, 3))
T.RandomCrop.get_params(rgb, (4, 5))
T.RandomResizedCrop.get_params(rgb, [0.2, 0.5], [0.5, 2.0])
T.ColorJitter.get_params((0.5, 1.5), None, (0.2, 0.3), None)
T.RandomErasing.get_params(floats, (0.1, 0.2), (0.5, 2.0), [1.0])
T.query_size([image, xyxy]), T.query_chw([image]), T.has_any([image], V.Mask), T.has_all([image, mask], V.Mask, V.Image)
T.query_size([3])
T.query_chw([xyxy])
T.query_size([image, V.Mask(t.zeros(3, 3))])
T.get_bounding_boxes([1])
T.get_keypoints([pts])
T.Resize("x")
T.Resize(None)
T.CenterCrop("x")
T.RandomResizedCrop(3, scale=1)
T.Pad("x")
T.Pad(1, fill="x")
T.Pad(1, padding_mode="x")
T.RandomZoomOut(side_range=(0.5, 1))
T.RandomZoomOut(side_range=1)
T.RandomCrop(3, padding="x")
T.RandomRotation(-3)
T.RandomAffine(3, (2, 1))
T.RandomAffine(3, scale=(0, 1))
T.RandomAffine(3, center=3)
T.RandomPerspective(3)
T.ElasticTransform("x")
T.ElasticTransform([1, 2, 3])
T.ColorJitter(-1)
T.ColorJitter("x")
T.ColorJitter(hue=0.7)
T.RandomErasing(value="x")
T.RandomErasing(scale=1)
T.RandomHorizontalFlip(2)
T.RandAugment(-1)
T.AugMix(11)
T.GaussianBlur(2)
T.GaussianBlur(3, -1)
T.GaussianBlur("x")
T.ToDtype(3)
T.SanitizeBoundingBoxes(0)
T.SanitizeBoundingBoxes(labels_getter=3)
T.SetClampingMode("x")
T.Compose([])
T.Compose(3)
T.RandomApply([T.RGB()], p=3)
T.RandomChoice([T.RGB()], p=[1, 2])
T.Transform()(image)
[T1.AutoAugment(T1.AutoAugmentPolicy.CIFAR10)(byte) for _ in range(4)]
[T1.AutoAugment(fill=3)(byte) for _ in range(4)]
[T1.RandAugment(3, 12)(byte) for _ in range(3)]
[T1.TrivialAugmentWide()(byte) for _ in range(4)]
T1.AugMix()(byte)
T1.ElasticTransform(20.0, 2.0, fill=7)(byte)
T1.ElasticTransform(20.0, [2.0, 1.0])(floats)
T1.AutoAugment.get_params(9)
T1.functional.elastic_transform(floats, disp, T1.InterpolationMode.NEAREST)
T1.AugMix(11)
T1.AutoAugment("x")
T1.ElasticTransform("x")
T1.ElasticTransform([1.0])
T1.ElasticTransform(fill="x")
T1.functional.elastic_transform(byte, 3)
T1.functional.elastic_transform(byte, t.zeros(1, 2, 3, 2))
""".strip().splitlines()

TRANSFORMS = """
T.RandomHorizontalFlip()
T.RandomVerticalFlip(0.7)
T.Resize(9)
T.Resize((9, 11), "bicubic")
T.Resize(None, max_size=30)
T.CenterCrop(9)
T.CenterCrop((25, 7))
T.RandomResizedCrop(7)
T.RandomResizedCrop((5, 9), scale=(0.9, 1.0), ratio=(3.0, 4.0))
T.Pad(2, fill=3)
T.Pad([1, 2], fill={V.Image: 3, "others": 0})
T.Pad((1, 2, 3, 4), padding_mode="edge")
T.RandomZoomOut(p=0.9)
T.RandomZoomOut([1, 2, 3], (1.5, 2.0))
T.RandomCrop(11)
T.RandomCrop((18, 20))
T.RandomCrop(24, padding=2, pad_if_needed=True)
T.RandomCrop(16, padding=4, fill=5)
T.RandomCrop(40)
T.RandomRotation(30)
T.RandomRotation((10, 80), "bilinear", expand=True, fill=5)
T.RandomAffine(20, (0.1, 0.2), (0.8, 1.2), (1, 9, 2, 8))
T.RandomAffine((-5, 5), shear=7, fill=2, center=(3, 4))
T.RandomPerspective(0.6, 0.7)
T.ElasticTransform()
T.ElasticTransform(30, [2, 3], "nearest", fill=4)
T.RandomIoUCrop()
T.ScaleJitter((30, 40))
T.ScaleJitter((30, 40), (0.5, 0.6))
T.RandomShortestSize([7, 9, 12], max_size=20)
T.RandomResize(5, 15)
T.FiveCrop(8)
T.TenCrop((5, 6), True)
T.Grayscale(3)
T.RandomGrayscale(0.6)
T.RGB()
T.ColorJitter(0.4, 0.4, 0.4, 0.2)
T.ColorJitter(brightness=(0.5, 1.5), hue=0.1)
T.RandomChannelPermutation()
T.RandomPhotometricDistort()
T.RandomPhotometricDistort(p=1.0)
T.RandomEqualize()
T.RandomInvert()
T.RandomAutocontrast()
T.RandomPosterize(3)
T.RandomSolarize(0.4)
T.RandomSolarize(100)
T.RandomAdjustSharpness(1.7)
T.RandomErasing(0.8)
T.RandomErasing(1.0, value="random")
T.RandomErasing(1.0, value=[1, 2, 3])
T.AutoAugment()
T.AutoAugment(T.AutoAugmentPolicy.SVHN, fill=4)
T.AutoAugment(T.AutoAugmentPolicy.CIFAR10, "bilinear")
T.RandAugment()
T.RandAugment(4, 12, fill=[1, 2, 3])
T.TrivialAugmentWide()
T.AugMix()
T.AugMix(5, 2, 3, 0.5, False)
T.Identity()
T.Lambda(lambda x: x + 1, V.Image, V.Mask)
T.Normalize([0.1, 0.2, 0.3], [0.5, 0.6, 0.7])
T.GaussianBlur(5)
T.GaussianBlur([3, 5], (0.2, 1.5))
T.GaussianNoise()
T.ToDtype(t.float32)
T.ToDtype(t.float32, scale=True)
T.ToDtype({V.Image: t.float32, V.Mask: t.int64, "others": None}, scale=True)
T.ToDtype({V.Image: t.float32}, scale=True)
T.ConvertImageDtype()
T.SanitizeBoundingBoxes(labels_getter=None)
T.SanitizeBoundingBoxes()
T.SanitizeBoundingBoxes(3, 50, lambda s: s[-1]["labels"] if isinstance(s, tuple) and isinstance(s[-1], dict) else None)
T.SanitizeKeyPoints()
T.ConvertBoundingBoxFormat("CXCYWH")
T.ClampBoundingBoxes()
T.ClampBoundingBoxes(None)
T.ClampKeyPoints()
T.SetClampingMode(None)
T.PILToTensor()
T.ToImage()
T.ToPILImage()
T.ToPureTensor()
T.ToTensor()
T.UniformTemporalSubsample(2)
T.Compose([T.RandomCrop(12), T.RandomHorizontalFlip(), T.ToDtype(t.float32, scale=True)])
T.RandomApply([T.RandomRotation(20), T.Pad(1)], p=0.6)
T.RandomChoice([T.RandomRotation(9), T.RandomHorizontalFlip()], p=[0.3, 0.7])
T.RandomOrder([T.RandomRotation(9), T.RandomCrop(9), T.RandomHorizontalFlip()])
""".strip().splitlines()

TEXTS = """
T.Resize(4)
T.RandomResizedCrop(3)
T.ColorJitter(0.1)
T.RandomApply([T.RGB()])
T.Pad((1, 2))
T.RandomErasing()
T.Lambda(len)
T.AutoAugment()
T.AugMix()
T.GaussianNoise()
T.ToDtype(t.uint8)
T.SanitizeBoundingBoxes()
T.RandomIoUCrop()
T.MixUp(num_classes=3)
T.RandomOrder([T.RGB()])
T.RandomChoice([T.RGB()])
T.JPEG(3)
T.ElasticTransform()
T.RandomAffine(3)
T.RandomPhotometricDistort()
T.ConvertBoundingBoxFormat("XYXY")
T.ScaleJitter((1, 2))
T.RandomShortestSize(3)
T.RandomHorizontalFlip()
T.UniformTemporalSubsample(3)
T.ToPILImage()
T.Normalize([1], [2])
T.RandomZoomOut()
T1.AugMix()
T1.AutoAugment()
T1.RandAugment()
T1.TrivialAugmentWide()
T1.ElasticTransform()
T.Compose([T.RandomCrop(5, padding=2), T.Normalize([1], [2])])
""".strip().splitlines()

IMAGES = ("rgb", "gray", "byte", "floats", "image", "fimage", "video", "batch", "dimage", "short")
BOX_KINDS = ("xyxy", "xywh", "cxcywh", "ixyxy", "ixywh", "icxcywh")
ON = (*IMAGES, "mask", "masks", *BOX_KINDS, "pts", "ipts")
SAMPLE = (
    "(image, {'boxes': xyxy, 'mask': masks, 'labels': t.tensor([3, 4, 5, 6]), 'points': pts, 'n': 7, "
    "'list': [mask, 'text']})"
)
SAMPLES = (
    "image",
    "fimage",
    "rgb",
    "byte",
    "video",
    "(byte, floats)",
    "{'a': mask, 'b': image}",
    SAMPLE,
    "(rgb, xywh, mask)",
)
ROTATED = ("F.clamp_bounding_boxes", "F.sanitize_bounding_boxes", "F.pad")  # what penlight lacks for rotated boxes

# Posterize cuts bilinear floats at its levels: the last bit decides.
UNSTABLE = {("T.AugMix(5, 2, 3, 0.5, False)", "fimage")}

ALL = (
    [(e, x) for e in GEOMETRY for x in ON]
    + [(e, x) for e in COLORS for x in IMAGES]
    + [(e, x) for e in BOXES for x in (*BOX_KINDS, "pts", "ipts")]
    + [(e, x) for e in BOXES if not e.startswith(ROTATED) for x in ("rot", "crot", "corners")]
    + [(f"[{e}({x}) for _ in range(3)]", "") for e in TRANSFORMS for x in SAMPLES if (e, x) not in UNSTABLE]
    + [(e, "") for e in SINGLE]
)
# What runs everywhere: each expression on one or two inputs.
RECORDED = (
    [(e, x) for e in GEOMETRY for x in ("image", "xywh", "ipts", "mask")]
    + [(e, "byte") for e in COLORS]
    + [(e, x) for e in BOXES for x in ("cxcywh", "icxcywh")]
    + [(e, "crot") for e in BOXES if not e.startswith(ROTATED)]
    + [(f"{e}({SAMPLE})", "") for e in TRANSFORMS]
    + [(e, "") for e in SINGLE]
)


def names(torch, T1, T, V) -> dict[str, object]:
    r = np.random.RandomState(3)
    known = transform_cases.names(torch, None, None)

    def array(value, dtype):
        return torch.from_numpy(np.asarray(value).astype(dtype))

    known.update(
        t=torch, F=T.functional, T=T, T1=T1, V=V, np=np, image=V.Image(known["byte"]), fimage=V.Image(known["floats"]),
        dimage=known["floats"].double(), video=V.Video(array(r.randint(0, 256, (1, 2, 3, 18, 20)), "uint8")),
        short=known["byte"].short() * 100, mask=V.Mask(array(r.randint(0, 5, (18, 20)), "uint8")),
        masks=V.Mask(torch.from_numpy(r.rand(4, 18, 20) > 0.5)),
        pts=V.KeyPoints(array(r.rand(5, 2) * 18, "float32"), canvas_size=(18, 20)),
        ipts=V.KeyPoints(array(r.randint(0, 18, (2, 3, 2)), "int64"), canvas_size=(18, 20)),
        rotimg=array(r.randint(0, 256, (3, 20, 20)), "uint8"), disp=array(r.rand(1, 18, 20, 2) * 0.2 - 0.1, "float32"),
        vbatch=V.Video(array(r.rand(2, 3, 3, 6, 7), "float32")), labels=torch.tensor([0, 2]),
        probs=torch.tensor([[0.2, 0.8, 0.0], [0.5, 0.1, 0.4]]),
    )  # fmt: skip
    corners = np.array([[1, 2, 8, 9], [3, 3, 20, 18], [10, 4, 12, 17], [-3, 5, 25, 9]], np.float32)
    for name in ("XYXY", "XYWH", "CXCYWH"):
        boxes = corners.copy()
        if name != "XYXY":
            boxes[:, 2:] -= boxes[:, :2]
        if name == "CXCYWH":
            boxes[:, :2] += boxes[:, 2:] / 2
        options = {"format": name, "canvas_size": (18, 20)}
        known[name.lower()] = V.BoundingBoxes(array(boxes, "float32"), **options)
        mode = None if name == "XYWH" else "hard"
        known[f"i{name.lower()}"] = V.BoundingBoxes(array(boxes, "int64"), clamping_mode=mode, **options)
    turned = torch.tensor([[5.0, 4, 6, 3, 30], [9, 9, 2, 5, -70]])
    known["rot"] = V.BoundingBoxes(turned, format="XYWHR", canvas_size=(18, 20))
    known["crot"] = V.BoundingBoxes(turned.clone(), format="CXCYWHR", canvas_size=(18, 20))
    four = torch.tensor([[2.0, 3, 8, 2, 9, 5, 3, 6]])
    known["corners"] = V.BoundingBoxes(four, format="XYXYXYXY", canvas_size=(18, 20))
    return known


def evaluate(expression: str, image: str, known: dict[str, object]) -> list:
    """The value's leaves: classes, arrays, attributes and texts; last the next random number. Or ["raises", type]."""
    torch = known["t"]
    fresh = {name: v.clone() if hasattr(v, "as_subclass") else v for name, v in known.items()}
    torch.manual_seed(7)
    try:
        value = eval(expression, {**fresh, "X": fresh.get(image)})
    except Exception as error:
        return ["raises", type(error).__name__]
    return [*leaves(value), np.float64(torch.rand(1))]


def leaves(value) -> list:
    if isinstance(value, dict):
        value = list(value.items())
    if isinstance(value, (list, tuple)):
        return [leaf for item in value for leaf in leaves(item)]
    if hasattr(value, "getbands"):
        return [value.mode, np.asarray(value)]
    if isinstance(value, np.ndarray):
        return [value]
    if hasattr(value, "as_subclass"):
        known = [str(vars(value)[n]) for n in ("format", "canvas_size", "clamping_mode") if n in vars(value)]
        return [type(value).__name__, *known, np.asarray(value.detach().numpy())]
    return [str(value)]


def compare(mine: list, real: list) -> str:
    """What differs, or "". Images in [0, 1] or numbers of this size."""
    if len(mine) != len(real):
        return f"{len(mine)} parts, {len(real)} expected: {mine[:3]}, {real[:3]}"
    for a, b in zip(mine, real):
        if not isinstance(a, np.ndarray):
            if str(a) != str(b):
                return f"{a}, expected {b}"
            continue
        if a.dtype != b.dtype or a.shape != b.shape:
            return f"{a.dtype} {a.shape}, expected {b.dtype} {b.shape}"
        difference = np.abs(a.astype(np.float64) - b.astype(np.float64))
        if a.dtype.kind == "f":
            # grid_sample and convolutions sum float32 products in another order; perspective divides by small numbers.
            bound = 1e-5 * max(1.0, np.abs(b[np.isfinite(b)]).max(initial=0.0))
            if difference.max(initial=0.0) > bound:
                return f"off by {difference.max()}"
        elif difference.max(initial=0) > 1 or (difference > 0).sum() > max(3, a.size // 100):
            # A value of x.5 before rounding is decided by the last bit of a float32 sum: one in a hundred at most.
            return f"{(difference > 0).sum()} of {a.size} differ, by {difference.max()} at most"
    return ""
