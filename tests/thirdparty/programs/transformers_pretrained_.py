"""Loading a transformers model with from_pretrained and from_config."""

import tempfile

import torch
import transformers as T
from report import show

T.logging.set_verbosity_error()
torch.manual_seed(0)
config = T.GPT2Config(vocab_size=60, n_embd=32, n_layer=2, n_head=4, bos_token_id=1, eos_token_id=2)
model = T.AutoModelForCausalLM.from_config(config).eval()
ids = torch.randint(3, 60, (2, 9))
with tempfile.TemporaryDirectory() as folder:
    model.save_pretrained(folder)
    again = T.AutoModelForCausalLM.from_pretrained(folder)
show("loaded", type(again).__name__, again(ids).logits, again(ids).logits - model(ids).logits)
