"""MMEngine: a model built from its configuration, a Runner with hooks, evaluation and checkpoints, optimizers, schedulers."""

import tempfile

import torch
from mmengine.config import Config
from mmengine.evaluator import BaseMetric, Evaluator
from mmengine.model import BaseModel, bias_init_with_prob, initialize, revert_sync_batchnorm
from mmengine.registry import MODELS
from mmengine.runner import Runner, find_latest_checkpoint
from report import show


@MODELS.register_module()
class Small(BaseModel):
    def __init__(self, width, init_cfg=None):
        super().__init__(init_cfg=init_cfg)
        self.body, self.head = torch.nn.Linear(4, width), torch.nn.Linear(width, 3)

    def forward(self, x, y, mode="loss"):
        logits = self.head(self.body(x).relu())
        return {"loss": torch.nn.functional.cross_entropy(logits, y)} if mode == "loss" else (logits, y)


class Accuracy(BaseMetric):
    def process(self, batch, samples):
        logits, y = samples
        self.results.append({"right": (logits.argmax(1) == y).sum().item(), "of": len(y)})

    def compute_metrics(self, results):
        return {"accuracy": sum(r["right"] for r in results) / sum(r["of"] for r in results)}


torch.manual_seed(0)
x = torch.randn(32, 4)
data = torch.utils.data.TensorDataset(x, (x.sum(1) > 0).long() + (x[:, 0] > 1).long())
configuration = Config({
    "model": {"type": "Small", "width": 8, "init_cfg": [{"type": "Kaiming", "layer": "Linear"}]},
    "optim_wrapper": {
        "type": "OptimWrapper", "optimizer": {"type": "AdamW", "lr": 0.01, "weight_decay": 0.01}, "clip_grad": {"max_norm": 1.0},
        "accumulative_counts": 2, "paramwise_cfg": {"bias_lr_mult": 2.0, "norm_decay_mult": 0.0},
    },
    "param_scheduler": [
        {"type": "LinearLR", "start_factor": 0.1, "by_epoch": False, "end": 4},
        {"type": "CosineAnnealingLR", "T_max": 3, "by_epoch": True, "begin": 1},
    ],
})  # fmt: skip
with tempfile.TemporaryDirectory() as folder:
    loader = torch.utils.data.DataLoader(data, batch_size=8)
    runner = Runner(
        model=configuration.model, work_dir=folder, train_dataloader=loader, val_dataloader=loader,
        train_cfg={"by_epoch": True, "max_epochs": 3, "val_interval": 1}, val_cfg={},
        val_evaluator=Evaluator([Accuracy(prefix="val")]),
        optim_wrapper=configuration.optim_wrapper, param_scheduler=configuration.param_scheduler,
        default_hooks={"checkpoint": {"type": "CheckpointHook", "interval": 1, "save_best": "val/accuracy"}},
        custom_hooks=[{"type": "EMAHook"}], log_level="ERROR", randomness={"seed": 3},
    )  # fmt: skip
    runner.train()
    for key in ("train/loss", "val/val/accuracy"):
        show(key, *map(float, runner.message_hub.get_scalar(key).data[0]))
    show("rates", *map(float, runner.message_hub.get_scalar("train/lr").data[0]))
    state = runner.model.state_dict()
    show("state", len(state), torch.stack([v.double().sum() for v in state.values()]))
    saved = torch.load(find_latest_checkpoint(folder), weights_only=False)
    show("saved", sorted(saved), saved["meta"]["epoch"], saved["meta"]["iter"], len(saved["ema_state_dict"]))
layer = torch.nn.Sequential(torch.nn.Conv2d(1, 2, 3), torch.nn.SyncBatchNorm(2))
xavier = {"type": "Xavier", "layer": "Conv2d", "distribution": "normal", "bias": 0.2}
initialize(layer, [xavier, {"type": "Constant", "val": 2, "layer": "BatchNorm2d"}])
show(
    "initialized",
    layer[0].weight,
    layer[0].bias,
    bias_init_with_prob(0.01),
    type(revert_sync_batchnorm(layer)[1]).__name__,
)
