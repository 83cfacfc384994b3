"""Image quality with piq, lpips and pytorch-msssim: the measures and their gradients."""

# tolerance: 1e-3, because the windows are made in float32, and the variances of the measures are small differences
import lpips
import piq
import torch
from pytorch_msssim import MS_SSIM, SSIM, ms_ssim, ssim
from report import show

torch.manual_seed(0)
torch.set_default_dtype(torch.float64)  # gradients whose sum cancels are shown
y = torch.rand(2, 3, 192, 192)
x = (y + 0.1 * torch.randn_like(y)).clamp(0, 1).requires_grad_()
measures = {
    "psnr": piq.psnr, "ssim": piq.ssim, "multi_scale_ssim": piq.multi_scale_ssim, "vif_p": piq.vif_p,
    "fsim": piq.fsim, "gmsd": piq.gmsd, "multi_scale_gmsd": piq.multi_scale_gmsd, "vsi": piq.vsi, "mdsi": piq.mdsi,
    "haarpsi": piq.haarpsi, "srsim": piq.srsim, "dss": piq.dss, "information_weighted_ssim": piq.information_weighted_ssim,
    "tv": lambda x, y: piq.total_variation(x), "msssim": ms_ssim, "ssim2": ssim, "SSIM": SSIM(1.0), "MS_SSIM": MS_SSIM(1.0),
}  # fmt: skip
for name, measure in measures.items():
    value = measure(x, y)
    (gradient,) = torch.autograd.grad(value.mean(), x)
    show(name, value.mean(), gradient)
features = [torch.randn(40, 6) for _ in range(2)]
show("FID", piq.FID()(*features), piq.KID()(*features))
show("IS", piq.IS(distance="l1")(*features), *piq.PR(nearest_k=3)(*features))
for net in ("alex", "squeeze"):
    model = lpips.LPIPS(net=net, pnet_rand=True, verbose=False)
    show(net, model(x[..., :64, :64], y[..., :64, :64], normalize=True).flatten())
