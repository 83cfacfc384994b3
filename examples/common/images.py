"""Image files as arrays, read with Pillow."""

import numpy as np


def read_image(path, side):
    """The middle square of an image file, scaled to (side, side, 3) and uint8.

    Raises:
        SystemExit: Pillow is not installed, or it cannot read the file; the message says which.
    """
    try:
        from PIL import Image
    except ImportError as error:
        raise SystemExit(f"{path} cannot be read: Pillow is not installed (pip install pillow)") from error
    try:
        with Image.open(path) as file:
            image = file.convert("RGB")
    except OSError as error:
        raise SystemExit(f"{path} cannot be read as an image: {error}") from error
    edge = min(image.size)
    left, top = (image.width - edge) // 2, (image.height - edge) // 2
    square = image.crop((left, top, left + edge, top + edge))
    return np.array(square.resize((side, side), Image.Resampling.BICUBIC))
