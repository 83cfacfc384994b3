"""A tiny open_clip model of images and texts: contrastive training steps, features, a tokenizer-free text batch."""

import torch
from open_clip import ClipLoss
from open_clip.model import CLIP, CLIPTextCfg, CLIPVisionCfg
from report import show, train

torch.manual_seed(0)
vision = CLIPVisionCfg(layers=2, width=32, head_width=16, patch_size=8, image_size=32)
text = CLIPTextCfg(context_length=12, vocab_size=50, width=32, heads=2, layers=2)
model = CLIP(embed_dim=16, vision_cfg=vision, text_cfg=text)
images, texts = torch.randn(4, 3, 32, 32), torch.randint(1, 50, (4, 12))
train(model, lambda: ClipLoss()(*model(images, texts)), 3, torch.optim.AdamW(model.parameters(), lr=1e-3))
model.eval()
with torch.no_grad():
    pictures, words = model.encode_image(images, normalize=True), model.encode_text(texts, normalize=True)
show("features", pictures, words)
show("matches", (100.0 * pictures @ words.T).softmax(-1))
