"""Models of local-attention, linformer and performer-pytorch, residual quantisation, a network of MONAI with its loss."""
# ruff: noqa: B023  (the functions are called before the loop goes on)

import torch
from linformer import LinformerLM
from local_attention import LocalTransformer
from monai.losses import DiceCELoss
from monai.networks.nets import UNet
from performer_pytorch import PerformerLM
from report import show, train
from vector_quantize_pytorch import ResidualVQ

torch.manual_seed(0)
ids = torch.randint(0, 40, (2, 32))
kits = (
    LocalTransformer(num_tokens=40, dim=32, depth=1, heads=2, dim_head=16, max_seq_len=32, local_attn_window_size=8),
    LinformerLM(num_tokens=40, dim=32, seq_len=32, depth=1, heads=2, k=8),
    PerformerLM(num_tokens=40, dim=32, depth=1, heads=2, dim_head=16, max_seq_len=32, nb_features=8, causal=False),
)
for model in kits:
    loss = lambda: torch.nn.functional.cross_entropy(model(ids).flatten(0, 1), ids.flatten())
    train(model, loss, 2, label=type(model).__name__)
net = UNet(spatial_dims=2, in_channels=1, out_channels=2, channels=(4, 8, 16), strides=(2, 2), num_res_units=1)
x, y = torch.randn(2, 1, 32, 32), torch.randint(2, (2, 1, 32, 32))
train(net, lambda: DiceCELoss(to_onehot_y=True, softmax=True)(net(x), y), 2, label="UNet")
show("residual", *ResidualVQ(dim=8, num_quantizers=3, codebook_size=16)(torch.randn(2, 10, 8)))
