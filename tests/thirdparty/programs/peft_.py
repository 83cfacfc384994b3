"""LoRA adapters of peft on a tiny GPT-2, and sentence pooling."""

import torch
import transformers as T
from peft import LoraConfig, get_peft_model, get_peft_model_state_dict
from report import show, train

torch.manual_seed(0)
config = T.GPT2Config(vocab_size=60, n_embd=32, n_layer=2, n_head=4, bos_token_id=1, eos_token_id=2)
lora = LoraConfig(r=4, target_modules=["c_attn"], task_type="CAUSAL_LM", fan_in_fan_out=True)
model = get_peft_model(T.GPT2LMHeadModel(config), lora)
ids = torch.randint(3, 60, (2, 9))
train(model, lambda: model(input_ids=ids, labels=ids).loss, 3, torch.optim.AdamW(model.parameters(), lr=1e-2))
show("adapters", *get_peft_model_state_dict(model).values())
show("merged", model.merge_and_unload().eval()(ids).logits)
sizes = {"hidden_size": 32, "num_hidden_layers": 1, "num_attention_heads": 2, "intermediate_size": 48}
bert = T.BertModel(T.BertConfig(vocab_size=60, **sizes)).eval()
mask = (ids > 20).long()
hidden = bert(ids, attention_mask=mask).last_hidden_state
pooled = (hidden * mask[..., None]).sum(1) / mask.sum(1, keepdim=True).clamp(min=1e-9)
show("pooled", torch.nn.functional.normalize(pooled), torch.nn.functional.cosine_similarity(pooled[:1], pooled[1:]))
