"""Models of x-transformers, vit-pytorch, vector-quantize-pytorch, denoising-diffusion-pytorch and lion-pytorch."""
# ruff: noqa: B023  (the functions are called before the loop goes on)

import torch
from denoising_diffusion_pytorch import GaussianDiffusion, Unet
from lion_pytorch import Lion
from report import show, train
from vector_quantize_pytorch import FSQ, VectorQuantize
from vit_pytorch import SimpleViT, ViT
from x_transformers import AutoregressiveWrapper, Decoder, Encoder, TransformerWrapper

torch.manual_seed(0)
ids = torch.randint(0, 50, (2, 17))
layers = Decoder(
    dim=32, depth=2, heads=4, attn_dim_head=8, rotary_pos_emb=True, use_rmsnorm=True, ff_glu=True, ff_swish=True
)
gpt = AutoregressiveWrapper(TransformerWrapper(num_tokens=50, max_seq_len=32, attn_layers=layers))
train(gpt, lambda: gpt(ids), 3, Lion(gpt.parameters(), lr=1e-3))
show("generated", gpt.eval().generate(ids[:, :4], 6, temperature=0.0).tolist())
show("sampled", gpt.generate(ids[:, :4], 6, temperature=0.9).tolist())
bert = TransformerWrapper(
    num_tokens=50, max_seq_len=32, attn_layers=Encoder(dim=32, depth=1, heads=2, alibi_pos_bias=True)
)
show("encoded", bert(ids, mask=ids > 5, return_embeddings=True))
x, labels = torch.randn(2, 3, 32, 32), torch.tensor([1, 3])
for model in (ViT(image_size=32, patch_size=8, num_classes=5, dim=32, depth=2, heads=2, mlp_dim=48, dropout=0.1),
              SimpleViT(image_size=32, patch_size=8, num_classes=5, dim=32, depth=1, heads=2, mlp_dim=48)):  # fmt: skip
    train(model, lambda: torch.nn.functional.cross_entropy(model(x), labels), 2)
quantizer = VectorQuantize(dim=8, codebook_size=16, decay=0.8, commitment_weight=1.0)
z = torch.randn(2, 10, 8)
for _ in range(2):
    quantized, codes, loss = quantizer(z)
    show("quantized", quantized, codes, loss)
show("finite", *FSQ(levels=[8, 5, 5])(torch.randn(2, 6, 3)))
diffusion = GaussianDiffusion(
    Unet(dim=8, dim_mults=(1, 2), flash_attn=False), image_size=16, timesteps=10, sampling_timesteps=3
)
train(diffusion, lambda: diffusion(torch.rand(2, 3, 16, 16)), 2, torch.optim.Adam(diffusion.parameters(), lr=1e-3))
show("drawn", diffusion.sample(batch_size=1))
