"""A small segment-anything: the image encoder with windows, prompts of points and boxes, the predictor, mask statistics."""

from functools import partial

import numpy as np
import torch
from report import show, train
from segment_anything import SamPredictor
from segment_anything.modeling import ImageEncoderViT, MaskDecoder, PromptEncoder, Sam, TwoWayTransformer
from segment_anything.utils import amg

torch.manual_seed(0)
encoder = ImageEncoderViT(
    img_size=128, patch_size=16, embed_dim=32, depth=2, num_heads=2, mlp_ratio=2, out_chans=16, qkv_bias=True,
    norm_layer=partial(torch.nn.LayerNorm, eps=1e-6), use_rel_pos=True, window_size=3, global_attn_indexes=(1,),
)  # fmt: skip
prompts = PromptEncoder(embed_dim=16, image_embedding_size=(8, 8), input_image_size=(128, 128), mask_in_chans=8)
transformer = TwoWayTransformer(depth=2, embedding_dim=16, mlp_dim=32, num_heads=2)
decoder = MaskDecoder(transformer_dim=16, transformer=transformer, iou_head_depth=2, iou_head_hidden_dim=16)
sam = Sam(encoder, prompts, decoder)
for name, parameter in sam.named_parameters():
    if "rel_pos" in name or "pos_embed" in name:
        torch.nn.init.normal_(parameter, std=0.1)
image = torch.randint(0, 255, (3, 96, 128)).float()
points = torch.tensor([[[30.0, 40.0], [60.0, 20.0]]])


def outputs():
    embedded = sam.image_encoder(sam.preprocess(image)[None])
    sparse, dense = sam.prompt_encoder((points, torch.tensor([[1, 0]])), torch.tensor([[5.0, 5, 60, 60]]), None)
    return sam.mask_decoder(embedded, sam.prompt_encoder.get_dense_pe(), sparse, dense, True)


show("outputs", *outputs())
train(sam, lambda: sum(o.square().mean() for o in outputs()), 2)
with torch.no_grad():
    batch = [{"image": image, "original_size": (90, 120), "boxes": torch.tensor([[5.0, 5, 60, 60], [0, 0, 90, 90]])}]
    for key, value in sam(batch, multimask_output=False)[0].items():
        show(key, value)
predictor = SamPredictor(sam)
predictor.set_image((np.indices((60, 80)).sum(0)[..., None] * np.array([1, 2, 3]) % 256).astype(np.uint8))
masks, scores, low = predictor.predict(np.array([[20.0, 30.0]]), np.array([1]), multimask_output=True)
show("predicted", masks.shape, int(masks.sum()), torch.from_numpy(scores), torch.from_numpy(low))
masks = torch.from_numpy(masks)
show("stability", amg.calculate_stability_score(torch.from_numpy(low), 0.0, 0.01), amg.batched_mask_to_box(masks))
show("encoded", [sum(r["counts"]) for r in amg.mask_to_rle_pytorch(masks)], amg.mask_to_rle_pytorch(masks)[0]["size"])
