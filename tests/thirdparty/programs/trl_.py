"""TRL on a tiny GPT-2: supervised fine-tuning and preference optimisation by their trainers."""

import tempfile

import torch
from datasets import Dataset
from report import show
from tokenizers import Tokenizer, models, pre_tokenizers
from transformers import GPT2Config, GPT2LMHeadModel, PreTrainedTokenizerFast, PrinterCallback, set_seed
from trl import DPOConfig, DPOTrainer, SFTConfig, SFTTrainer

words = "the a cat dog sat ran on under mat tree and then it was good bad".split()
core = Tokenizer(models.WordLevel({w: i for i, w in enumerate(["<pad>", "<eos>", "<unk>", *words])}, unk_token="<unk>"))
core.pre_tokenizer = pre_tokenizers.Whitespace()
tokenizer = PreTrainedTokenizerFast(tokenizer_object=core, pad_token="<pad>", eos_token="<eos>", unk_token="<unk>")


def model():
    set_seed(0)
    return GPT2LMHeadModel(
        GPT2Config(
            vocab_size=len(tokenizer), n_embd=16, n_layer=1, n_head=2, n_positions=32, bos_token_id=1, eos_token_id=1
        )
    )


def report(trainer):
    trainer.remove_callback(PrinterCallback)
    trainer.train()
    for entry in trainer.state.log_history:
        kept = {
            k: float(v) for k, v in sorted(entry.items()) if not any(s in k for s in ("runtime", "per_second", "flos"))
        }
        show(type(trainer).__name__, *kept.items())
    show("state", torch.stack([v.double().sum() for v in trainer.model.state_dict().values()]).sum())


with tempfile.TemporaryDirectory() as folder:
    common = {"output_dir": folder, "max_steps": 4, "per_device_train_batch_size": 4, "logging_steps": 1, "report_to": "none",
              "use_cpu": True, "bf16": False, "save_strategy": "no", "seed": 1, "disable_tqdm": True, "learning_rate": 1e-2,
              "gradient_checkpointing": False}  # fmt: skip
    texts = [" ".join(words[(i * k) % len(words)] for k in range(1, 9)) for i in range(1, 17)]
    report(
        SFTTrainer(
            model(),
            SFTConfig(max_length=16, **common),
            train_dataset=Dataset.from_dict({"text": texts}),
            processing_class=tokenizer,
        )
    )
    pairs = Dataset.from_dict({"prompt": texts, "chosen": [" it was good"] * 16, "rejected": [" it was bad"] * 16})
    report(DPOTrainer(model(), model(), DPOConfig(beta=0.2, **common), train_dataset=pairs, processing_class=tokenizer))
