"""Tiny random transformers models: forward, loss, backward, generate, saving and loading safetensors."""

import tempfile

import torch
import transformers as T
from report import show, train
from safetensors.torch import load_file

T.logging.set_verbosity_error()
small = {"vocab_size": 60, "hidden_size": 32, "num_hidden_layers": 2, "num_attention_heads": 4, "intermediate_size": 48}
special = {"pad_token_id": 0, "bos_token_id": 1, "eos_token_id": 2}
ids = torch.randint(3, 60, (2, 9), generator=torch.Generator().manual_seed(0))
mask = torch.ones_like(ids)
mask[1, 6:] = 0


def run(model, **inputs):
    train(model, lambda: model(**inputs).loss, 2, torch.optim.AdamW(model.parameters(), lr=1e-3), type(model).__name__)
    return model.eval()


torch.manual_seed(0)
run(T.BertForMaskedLM(T.BertConfig(**small)), input_ids=ids, attention_mask=mask, labels=ids)
run(T.BertForSequenceClassification(T.BertConfig(num_labels=3, **small)), input_ids=ids, labels=torch.tensor([0, 2]))
run(T.DistilBertForTokenClassification(T.DistilBertConfig(vocab_size=60, dim=32, n_layers=2, n_heads=4, hidden_dim=48)),
    input_ids=ids, attention_mask=mask, labels=ids % 2)  # fmt: skip
gpt = run(
    T.GPT2LMHeadModel(T.GPT2Config(vocab_size=60, n_embd=32, n_layer=2, n_head=4, **special)), input_ids=ids, labels=ids
)
llama = T.LlamaForCausalLM(T.LlamaConfig(num_key_value_heads=2, **small, **special))
llama = run(llama, input_ids=ids, attention_mask=mask, labels=ids)
t5 = T.T5Config(vocab_size=60, d_model=32, d_kv=8, d_ff=48, num_layers=2, num_heads=4, decoder_start_token_id=0)
t5 = run(T.T5ForConditionalGeneration(t5), input_ids=ids, attention_mask=mask, labels=ids[:, :5].contiguous())
vit = T.ViTConfig(
    hidden_size=32, num_hidden_layers=2, num_attention_heads=4, intermediate_size=48, image_size=32, patch_size=8
)
run(T.ViTForImageClassification(vit), pixel_values=torch.randn(2, 3, 32, 32), labels=torch.tensor([0, 1]))
for model in (gpt, llama, t5):
    show("greedy", model.generate(ids, max_new_tokens=6, do_sample=False).tolist())
    show("beams", model.generate(ids, max_new_tokens=6, num_beams=3, do_sample=False).tolist())
    torch.manual_seed(1)
    show(
        "sampled", model.generate(ids, max_new_tokens=6, do_sample=True, top_k=20, top_p=0.9, temperature=0.8).tolist()
    )
with tempfile.TemporaryDirectory() as folder:
    llama.save_pretrained(folder)
    again = T.LlamaForCausalLM(llama.config)
    again.load_state_dict(load_file(f"{folder}/model.safetensors"), strict=False)
show("loaded", again.eval()(ids).logits - llama(ids).logits)
