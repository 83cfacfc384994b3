"""kornia's filters, colours, geometry, losses and augmentations, with gradients."""

import kornia as K
import torch
from report import show

torch.manual_seed(0)
x = torch.rand(2, 3, 24, 24, requires_grad=True)
show("gaussian", K.filters.gaussian_blur2d(x, (5, 5), (1.5, 1.5)))
show("sobel", K.filters.sobel(x))
show("canny", *K.filters.canny(x))
show("median", K.filters.median_blur(x, (3, 3)))
show("bilateral", K.filters.bilateral_blur(x, (3, 3), 0.1, (1.5, 1.5)))
for name in ("rgb_to_grayscale", "rgb_to_hsv", "rgb_to_lab", "rgb_to_ycbcr"):
    show(name, getattr(K.color, name)(x))
show("rotated", K.geometry.transform.rotate(x, torch.tensor([30.0, -20.0])))
M = K.geometry.transform.get_rotation_matrix2d(torch.full((2, 2), 12.0), torch.tensor([10.0, 20.0]), torch.ones(2, 2))
show("warped", K.geometry.transform.warp_affine(x, M, (20, 20)))
corners = torch.tensor([[[0.0, 0.0], [23.0, 0.0], [23.0, 23.0], [0.0, 23.0]]] * 2)
H = K.geometry.transform.get_perspective_transform(corners, corners + torch.rand(2, 4, 2) * 3)
show("perspective", H, K.geometry.transform.warp_perspective(x, H, (24, 24)))
show("quaternion", K.geometry.conversions.axis_angle_to_rotation_matrix(torch.rand(3, 3)))
show("harris", K.feature.harris_response(x))
y = torch.rand(2, 3, 24, 24)
show("ssim", K.losses.ssim_loss(x, y, 5), K.losses.psnr_loss(x, y, 1.0), K.losses.total_variation(x).sum())
show("dice", K.losses.dice_loss(torch.randn(2, 4, 8, 8), torch.randint(4, (2, 8, 8))))
show("focal", K.losses.focal_loss(torch.randn(2, 4, 8, 8), torch.randint(4, (2, 8, 8)), 0.5, reduction="mean"))
show("morphology", K.morphology.dilation(x, torch.ones(3, 3)), K.morphology.opening(x, torch.ones(3, 3)))
augment = torch.nn.Sequential(K.augmentation.RandomHorizontalFlip(), K.augmentation.RandomAffine(20.0))
show("augmented", augment(x))
(K.filters.gaussian_blur2d(x, (5, 5), (1.5, 1.5)).square().sum() + K.losses.ssim_loss(x, y, 5)).backward()
show("gradient", x.grad)
