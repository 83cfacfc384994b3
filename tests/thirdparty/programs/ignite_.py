"""pytorch-ignite: a trainer, an evaluator, metrics, handlers, a checkpoint."""

import tempfile

import torch
from ignite.engine import Events, create_supervised_evaluator, create_supervised_trainer
from ignite.handlers import Checkpoint, DiskSaver, EarlyStopping, LRScheduler, TerminateOnNan
from ignite.metrics import Accuracy, ConfusionMatrix, Loss, Precision, RunningAverage
from report import show
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(0)
x = torch.randn(64, 4)
loader = DataLoader(TensorDataset(x, x[:, :3].argmax(1)), 16, shuffle=True)
model = nn.Sequential(nn.Linear(4, 16), nn.ReLU(), nn.Dropout(0.1), nn.Linear(16, 3))
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
trainer = create_supervised_trainer(model, optimizer, nn.CrossEntropyLoss())
metrics = {
    "accuracy": Accuracy(),
    "loss": Loss(nn.CrossEntropyLoss()),
    "precision": Precision(),
    "matrix": ConfusionMatrix(3),
}
evaluator = create_supervised_evaluator(model, metrics)
RunningAverage(output_transform=lambda v: v).attach(trainer, "running")
trainer.add_event_handler(Events.ITERATION_COMPLETED, TerminateOnNan())
trainer.add_event_handler(Events.EPOCH_COMPLETED, LRScheduler(torch.optim.lr_scheduler.StepLR(optimizer, 1, 0.5)))
evaluator.add_event_handler(Events.COMPLETED, EarlyStopping(5, lambda engine: -engine.state.metrics["loss"], trainer))


@trainer.on(Events.EPOCH_COMPLETED)
def report(engine):
    state = evaluator.run(loader)
    show("epoch", engine.state.epoch, float(engine.state.metrics["running"]), optimizer.param_groups[0]["lr"])
    for name, value in state.metrics.items():
        show(name, value)


folder = tempfile.mkdtemp()
saver = Checkpoint({"model": model, "optimizer": optimizer}, DiskSaver(folder), n_saved=1)
trainer.add_event_handler(Events.EPOCH_COMPLETED, saver)
trainer.run(loader, max_epochs=3)
other = nn.Sequential(nn.Linear(4, 16), nn.ReLU(), nn.Dropout(0.1), nn.Linear(16, 3))
Checkpoint.load_objects({"model": other}, torch.load(saver.last_checkpoint))
show("loaded", other.eval()(x) - model.eval()(x))
