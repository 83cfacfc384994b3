"""A tiny diffusers UNet: a training step, schedulers, a sampling loop, an autoencoder."""

import torch
from diffusers import AutoencoderKL, DDIMScheduler, DDPMScheduler, EulerDiscreteScheduler, UNet2DModel
from report import show, train

torch.manual_seed(0)
blocks = {"down_block_types": ("DownBlock2D", "AttnDownBlock2D"), "up_block_types": ("AttnUpBlock2D", "UpBlock2D")}
blocks |= {"block_out_channels": (8, 16), "norm_num_groups": 4, "attention_head_dim": 8, "layers_per_block": 1}
net = UNet2DModel(sample_size=16, in_channels=3, out_channels=3, **blocks)
noising = DDPMScheduler(num_train_timesteps=20)
clean = torch.rand(2, 3, 16, 16)


def loss():
    noise, t = torch.randn_like(clean), torch.randint(0, 20, (2,))
    return torch.nn.functional.mse_loss(net(noising.add_noise(clean, noise, t), t).sample, noise)


train(net, loss, 2, torch.optim.AdamW(net.parameters(), lr=1e-3))
for scheduler in (noising, DDIMScheduler(20), EulerDiscreteScheduler(20)):
    scheduler.set_timesteps(4)
    x = torch.randn(1, 3, 16, 16) * scheduler.init_noise_sigma
    with torch.no_grad():
        for t in scheduler.timesteps:
            x = scheduler.step(net(scheduler.scale_model_input(x, t), t).sample, t, x).prev_sample
    show(type(scheduler).__name__, x)
vae = AutoencoderKL(block_out_channels=(8,), norm_num_groups=4, latent_channels=2)
show("autoencoder", vae(clean).sample, vae.encode(clean).latent_dist.sample())
