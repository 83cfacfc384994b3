"""captum's attributions of a small network."""

import numpy as np
import torch
from captum import attr as A
from report import show
from torch import nn

np.random.seed(0)
torch.manual_seed(0)
net = nn.Sequential(nn.Conv2d(1, 4, 3), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(4 * 3 * 3, 5)).eval()
x = torch.randn(2, 1, 8, 8)
base = torch.zeros_like(x)
show("gradients", A.IntegratedGradients(net).attribute(x, base, target=1, n_steps=10))
show("saliency", A.Saliency(net).attribute(x, target=2))
show("times", A.InputXGradient(net).attribute(x, target=torch.tensor([0, 3])))
show("lift", A.DeepLift(net).attribute(x, base, target=1))
show("guided", A.GuidedBackprop(net).attribute(x, target=1), A.Deconvolution(net).attribute(x, target=1))
show("cam", A.LayerGradCam(net, net[0]).attribute(x, target=1))
show(
    "layer",
    A.LayerConductance(net, net[1]).attribute(x, target=1, n_steps=5),
    A.LayerActivation(net, net[2]).attribute(x),
)
show("occlusion", A.Occlusion(net).attribute(x, (1, 4, 4), strides=(1, 2, 2), target=1))
show("ablation", A.FeatureAblation(net).attribute(x, target=1))
show("shap", A.GradientShap(net).attribute(x, torch.cat([base, base + 1]), target=1, n_samples=4))
show("noise", A.NoiseTunnel(A.Saliency(net)).attribute(x, nt_type="smoothgrad", nt_samples=3, target=1))
show(
    "relevance",
    A.LRP(nn.Sequential(nn.Linear(4, 3), nn.ReLU(), nn.Linear(3, 2))).attribute(torch.randn(2, 4), target=1),
)
