"""Transforms as expressions, evaluated alike with torchvision and with penlight.

Names in an expression: torch, T (transforms), F (transforms.functional), V (transforms.v2); the images rgb, gray, rgba,
palette (Pillow), byte, floats, plane, batch (tensors), array (NumPy). Each starts from seed 7; after it one more number
is drawn, so that equal results mean that as many numbers were drawn.
"""

from __future__ import annotations

import random

import numpy as np

ARRAY = np.random.RandomState(0).randint(0, 256, (9, 10, 3)).repeat(2, 0).repeat(2, 1).astype(np.uint8)  # (18, 20, 3)
ARRAY[4:9, 3:8] = np.arange(25, dtype=np.uint8).reshape(5, 5, 1) * 9 + np.array([5, 20, 30], np.uint8)

ON_BOTH = """
F.hflip(X)
F.vflip(X)
F.crop(X, 2, 3, 7, 9)
F.crop(X, -2, -3, 30, 9)
F.center_crop(X, 8)
F.center_crop(X, [25, 9])
F.center_crop(X, (7, 30))
F.resize(X, 9)
F.resize(X, [11, 31])
F.resize(X, 9, max_size=10)
F.resize(X, [9, 12], F.InterpolationMode.NEAREST)
F.resize(X, [9, 12], F.InterpolationMode.BICUBIC)
F.resize(X, [30, 27], interpolation=3)
F.resize(X, [9, 7], antialias=False)
F.resized_crop(X, 1, 2, 8, 9, [5, 6])
F.pad(X, 2)
F.pad(X, (1, 2), fill=9)
F.pad(X, (1, 2, 3, 4), padding_mode="edge")
F.pad(X, 3, padding_mode="reflect")
F.pad(X, (1, 2, 3, 4), padding_mode="symmetric")
F.five_crop(X, 6)
F.ten_crop(X, (6, 7), vertical_flip=True)
F.adjust_brightness(X, 0.3)
F.adjust_brightness(X, 1.7)
F.adjust_contrast(X, 0.4)
F.adjust_contrast(X, 1.9)
F.adjust_saturation(X, 0.2)
F.adjust_saturation(X, 2.2)
F.adjust_hue(X, 0.2)
F.adjust_hue(X, -0.37)
F.adjust_gamma(X, 0.7, 1.1)
F.adjust_sharpness(X, 2.0)
F.adjust_sharpness(X, 0.0)
F.rgb_to_grayscale(X)
F.rgb_to_grayscale(X, 3)
F.rotate(X, 30)
F.rotate(X, 30, F.InterpolationMode.BILINEAR)
F.rotate(X, -75, expand=True)
F.rotate(X, 90, expand=True)
F.rotate(X, 40, center=[2, 3], fill=[7])
F.affine(X, 20, [2, -3], 1.2, [5, 10])
F.affine(X, 20, [2, -3], 0.7, 8, F.InterpolationMode.BILINEAR, fill=[3], center=[1, 2])
F.perspective(X, [[0, 0], [19, 0], [19, 17], [0, 17]], [[2, 1], [15, 3], [18, 16], [1, 13]])
F.perspective(X, [[0, 0], [19, 0], [19, 17], [0, 17]], [[2, 1], [15, 3], [18, 16], [1, 13]], F.InterpolationMode.NEAREST, [4])
F.gaussian_blur(X, 5)
F.gaussian_blur(X, [3, 7], [0.8, 2.0])
F.invert(X)
F.solarize(X, 0.4)
F.autocontrast(X)
F.get_dimensions(X)
F.get_image_size(X)
T.Resize(8)(X)
T.Resize((8, 11), antialias=True)(X)
T.CenterCrop(9)(X)
T.Pad(2, fill=3)(X)
T.RandomCrop(11)(X)
T.RandomCrop((18, 20))(X)
T.RandomCrop(24, padding=2, pad_if_needed=True)(X)
T.RandomCrop(16, padding=4, padding_mode="reflect")(X)
[T.RandomHorizontalFlip()(X) for _ in range(4)]
[T.RandomVerticalFlip(0.3)(X) for _ in range(4)]
[T.RandomResizedCrop(7)(X) for _ in range(3)]
T.RandomResizedCrop((5, 9), scale=(0.9, 1.0), ratio=(3.0, 4.0))(X)
T.ColorJitter(0.4, 0.4, 0.4, 0.2)(X)
[T.ColorJitter(brightness=(0.5, 1.5), hue=0.1)(X) for _ in range(3)]
[T.RandomGrayscale(0.5)(X) for _ in range(3)]
T.Grayscale(3)(X)
T.RandomRotation(30)(X)
T.RandomRotation((10, 80), F.InterpolationMode.BILINEAR, expand=True, fill=5)(X)
T.RandomAffine(20, (0.1, 0.2), (0.8, 1.2), (1, 9, 2, 8))(X)
T.RandomAffine((-5, 5), shear=7, fill=2)(X)
[T.RandomPerspective(0.6, 0.7)(X) for _ in range(3)]
T.GaussianBlur(5, (0.2, 1.5))(X)
[T.RandomInvert(0.5)(X) for _ in range(3)]
[T.RandomSolarize(0.4, 0.5)(X) for _ in range(3)]
[T.RandomAutocontrast()(X) for _ in range(3)]
[T.RandomAdjustSharpness(1.6)(X) for _ in range(3)]
[T.RandomApply([T.ColorJitter(0.5)], p=0.4)(X) for _ in range(4)]
T.RandomOrder([T.RandomRotation(9), T.RandomCrop(9), T.RandomHorizontalFlip()])(X)
[T.RandomChoice([T.RandomRotation(9), T.RandomHorizontalFlip()], p=[0.3, 0.7])(X) for _ in range(3)]
T.FiveCrop(8)(X)
T.TenCrop(8)(X)
""".strip().splitlines()

BYTES = """
F.posterize(X, 3)
F.equalize(X)
T.RandomPosterize(2, 0.9)(X)
[T.RandomEqualize()(X) for _ in range(3)]
""".strip().splitlines()

SINGLE = """
F.to_tensor(rgb)
F.to_tensor(gray)
F.to_tensor(rgba)
F.to_tensor(palette)
F.to_tensor(rgb.convert("1"))
F.to_tensor(gray.convert("I"))
F.to_tensor(gray.convert("F"))
F.to_tensor(array)
F.to_tensor(array[:, :, 0])
F.to_tensor(array.astype("float64"))
F.pil_to_tensor(rgb)
F.pil_to_tensor(gray.convert("F"))
F.pil_to_tensor(rgb.convert("1"))
F.pil_to_tensor(gray.convert("I"))
F.to_pil_image(byte)
F.to_pil_image(floats)
F.to_pil_image(plane)
F.to_pil_image(plane[None])
F.to_pil_image(array)
F.to_pil_image(array[:, :, :2])
F.to_pil_image(byte, "HSV").mode
F.to_pil_image(plane.float(), mode="F")
F.to_pil_image(plane.int())
F.to_pil_image(plane.short()).mode
F.to_pil_image(torch.cat([byte, byte[:1]])).mode
F.convert_image_dtype(byte)
F.convert_image_dtype(floats, torch.uint8)
F.convert_image_dtype(byte, torch.int16)
F.convert_image_dtype(byte.short() * 100, torch.uint8)
F.convert_image_dtype(floats, torch.float64)
F.normalize(floats, [0.1, 0.2, 0.3], [0.5, 0.6, 0.7])
F.normalize(floats, 0.5, 0.2)
F.normalize(batch, (0.5,), (0.5,))
F.erase(byte, 1, 2, 3, 4, torch.tensor(5))
F.to_grayscale(rgb, 3)
F.hflip(palette)
F.pad(palette, 1, padding_mode="edge")
F.rotate(gray, 20, fill=9)
F.rotate(rgb, 20, fill=(1, 2, 3))
F.adjust_hue(gray, 0.2)
F.pad(rgb, 2, fill=(9, 8, 7))
F.pad(byte, [-1, 2, 3, -2])
F.pad(rgb, (-1, 2, 3, -2), padding_mode="symmetric")
F.resize(rgb, [9, 8], F.InterpolationMode.LANCZOS)
F.resize(byte, [9, 8], F.InterpolationMode.NEAREST_EXACT)
F.resize(batch, [9, 8])
F.resize(plane[None], [5, 5])
F.rotate(batch, 20, fill=[0.5])
F.gaussian_blur(batch, 3)
F.adjust_contrast(batch, 0.5)
[T.RandomErasing(0.7)(floats) for _ in range(4)]
T.RandomErasing(1.0, value="random")(floats)
T.RandomErasing(1.0, (0.1, 0.2), (0.5, 2.0), [1, 2, 3])(floats)
T.LinearTransformation(torch.eye(12) * 2, torch.ones(12))(torch.arange(12.0).reshape(3, 2, 2))
T.Compose([T.RandomResizedCrop(8), T.RandomHorizontalFlip(), T.ToTensor(), T.Normalize([0.4] * 3, [0.2] * 3)])(rgb)
T.Compose([T.Pad(4), T.RandomHorizontalFlip(), T.RandomCrop(18), T.ToTensor()])(rgb)
T.RandomCrop.get_params(rgb, (4, 5))
T.RandomResizedCrop.get_params(rgb, [0.2, 0.5], [0.5, 2.0])
T.ColorJitter.get_params((0.5, 1.5), None, (0.2, 0.3), None)
T.RandomRotation.get_params([3, 9])
T.RandomAffine.get_params((0, 9), (0.1, 0.2), (0.5, 2), (1, 2), (30, 40))
T.RandomPerspective.get_params(30, 40, 0.4)
""".strip().splitlines()

TEXTS = """
T.Compose([T.ToTensor(), T.Normalize((0.5,), (0.5,))])
T.Resize(8)
T.Resize((8, 9), F.InterpolationMode.NEAREST, antialias=None)
T.CenterCrop(3)
T.CenterCrop([3, 4])
T.Pad((1, 2), fill=3)
T.RandomCrop(4, padding=2)
T.RandomHorizontalFlip()
T.RandomResizedCrop(224)
T.RandomResizedCrop([5, 6], scale=(0.25, 0.5))
T.FiveCrop(3)
T.TenCrop(3)
T.ColorJitter(0.1, 0.2, (0.5, 0.6), 0.4)
T.ColorJitter()
T.RandomRotation(30)
T.RandomRotation((3, 4), center=(1, 2))
T.RandomAffine(10)
T.RandomAffine(10, (0.1, 0.2), (1, 2), 3, fill=1, center=(1, 1), interpolation=F.InterpolationMode.BILINEAR)
T.RandomPerspective()
T.GaussianBlur(3)
T.RandomErasing()
T.RandomGrayscale()
T.Grayscale(3)
T.RandomApply([T.ToTensor()])
T.RandomOrder([T.ToTensor()])
T.RandomChoice([T.ToTensor()])
T.Lambda(len)
T.ToPILImage()
T.ToPILImage("RGB")
T.ConvertImageDtype(torch.uint8)
T.RandomInvert()
T.RandomPosterize(3)
T.RandomSolarize(3)
T.RandomAdjustSharpness(2)
T.RandomEqualize()
T.RandomAutocontrast(0.2)
T.PILToTensor()
T.LinearTransformation(torch.eye(1), torch.ones(1))
""".strip().splitlines()

ERRORS = """
F.to_tensor("x")
F.to_tensor(array[None])
F.pil_to_tensor(array)
F.to_pil_image("x")
F.to_pil_image(batch)
F.to_pil_image(torch.zeros(5, 2, 2))
F.to_pil_image(byte, "L")
F.to_pil_image(plane, "RGB")
F.normalize(byte, [0.1], [0.2])
F.normalize(floats, [0.1], [0.0])
F.normalize(floats[0], [0.1], [0.2])
F.normalize(rgb, [0.1], [0.2])
F.resize(rgb, "x")
F.resize(rgb, [1, 2, 3])
F.resize(rgb, [1, 2], max_size=9)
F.resize(rgb, 5, max_size=5)
F.resize("x", 5)
F.convert_image_dtype(floats, torch.int32)
F.convert_image_dtype(rgb)
F.pad(rgb, "x")
F.pad(rgb, (1, 2, 3))
F.pad(rgb, 1, padding_mode="wrap")
F.pad(rgb, 1, fill={})
F.five_crop(rgb, 40)
F.adjust_hue(rgb, 0.6)
F.adjust_brightness(byte, -1)
F.to_grayscale(byte)
F.rgb_to_grayscale(byte, 2)
F.rgb_to_grayscale(torch.zeros(2, 3, 3))
F.rotate(rgb, "x")
F.affine(rgb, 1, [1], 1.0, 0)
F.affine(rgb, 1, [1, 2], 0.0, 0)
F.gaussian_blur(rgb, 2)
F.gaussian_blur(rgb, 3, -1.0)
F.erase(rgb, 1, 1, 1, 1, 0)
F.posterize(floats, 3)
F.equalize(floats)
F.perspective(rgb, [[0, 0]], [[0, 0]])
T.RandomCrop(30)(rgb)
T.RandomCrop((1, 2, 3))
T.CenterCrop((1, 2, 3))
T.Resize([1, 2, 3])
T.Resize("x" * 3)
T.ColorJitter(-1)
T.ColorJitter(hue=0.7)
T.ColorJitter("x")
T.RandomRotation(-1)
T.RandomRotation((1, 2, 3))
T.RandomAffine(1, (2, 0))
T.RandomAffine(1, scale=(-1, 1))
T.GaussianBlur(2)
T.GaussianBlur(3, -1)
T.RandomErasing(2.0)
T.RandomErasing(value="x")
T.RandomErasing(1.0, value=(1, 2))(floats)
T.Lambda(3)
T.RandomChoice(3)
T.ConvertImageDtype(3)
T.LinearTransformation(torch.ones(2, 3), torch.ones(3))
T.ToTensor()(3)
""".strip().splitlines()

VALUES = (
    [(e, "rgb") for e in ON_BOTH + BYTES]
    + [(e, "byte") for e in ON_BOTH + BYTES]
    + [(e, "floats") for e in ON_BOTH]
    + [(e, "") for e in SINGLE]
)


def names(torch, T, F, V=None) -> dict[str, object]:
    from PIL import Image

    rgb = Image.fromarray(ARRAY)
    byte = torch.from_numpy(ARRAY.transpose(2, 0, 1).copy())
    floats = byte.to(torch.float32) / 255
    return {
        "torch": torch, "T": T, "F": F, "V": V, "array": ARRAY, "rgb": rgb, "gray": rgb.convert("L"),
        "rgba": rgb.convert("RGBA"), "palette": rgb.quantize(16), "byte": byte, "floats": floats, "plane": byte[0],
        "batch": torch.stack([floats, 1 - floats]),
    }  # fmt: skip


def evaluate(expression: str, image: str, known: dict[str, object]) -> list:
    """The value's leaves: arrays, numbers and texts; last the next random number."""
    torch = known["torch"]
    torch.manual_seed(7)
    random.seed(7)
    value = eval(expression, {**known, "X": known.get(image)})
    return [*leaves(value), float(torch.rand(1))]


def leaves(value) -> list:
    if isinstance(value, (list, tuple)):
        return [leaf for item in value for leaf in leaves(item)]
    if hasattr(value, "getbands"):
        return [value.mode, np.asarray(value)]
    if hasattr(value, "numpy"):
        return [np.asarray(value.numpy())]
    return ["None" if value is None else value]
