"""A pytorch-lightning Trainer on the CPU: fit, validate, test, predict, checkpoint, CSV log, resume."""

import logging
import tempfile
import warnings

import pytorch_lightning as pl
import torch
from pytorch_lightning.callbacks import EarlyStopping, LearningRateMonitor, ModelCheckpoint
from pytorch_lightning.loggers import CSVLogger
from report import show
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

warnings.filterwarnings("ignore")
logging.getLogger("pytorch_lightning").setLevel(logging.ERROR)


class Classifier(pl.LightningModule):
    def __init__(self, hidden=16, lr=0.05):
        super().__init__()
        self.save_hyperparameters()
        self.net = nn.Sequential(nn.Linear(4, hidden), nn.ReLU(), nn.Dropout(0.1), nn.Linear(hidden, 3))

    def forward(self, x):
        return self.net(x)

    def _step(self, batch, name):
        loss = nn.functional.cross_entropy(self(batch[0]), batch[1])
        self.log(f"{name}_loss", loss, prog_bar=True, on_epoch=True)
        return loss

    def training_step(self, batch, i):
        return self._step(batch, "train")

    def validation_step(self, batch, i):
        self._step(batch, "val")

    test_step = validation_step

    def predict_step(self, batch, i):
        return self(batch[0])

    def configure_optimizers(self):
        optimizer = torch.optim.Adam(self.parameters(), lr=self.hparams.lr)
        return [optimizer], [torch.optim.lr_scheduler.StepLR(optimizer, 1, 0.5)]


pl.seed_everything(1)
x = torch.randn(64, 4)
loader = DataLoader(TensorDataset(x, x[:, :3].argmax(1)), 16, shuffle=True)
folder = tempfile.mkdtemp()
common = {
    "accelerator": "cpu",
    "enable_progress_bar": False,
    "enable_model_summary": False,
    "logger": CSVLogger(folder),
}
callbacks = [ModelCheckpoint(folder, monitor="val_loss"), EarlyStopping("val_loss"), LearningRateMonitor()]
trainer = pl.Trainer(max_epochs=3, callbacks=callbacks, gradient_clip_val=1.0, log_every_n_steps=1, **common)
model = Classifier()
trainer.fit(model, loader, loader)
for name, value in sorted(trainer.callback_metrics.items()):
    show(name, value)
show("test", *trainer.test(model, loader, verbose=False)[0].values())
best = Classifier.load_from_checkpoint(callbacks[0].best_model_path)
show("best", float(callbacks[0].best_model_score), best(x), best.hparams.hidden)
trainer = pl.Trainer(max_epochs=4, **common)
trainer.fit(Classifier(), loader, loader, ckpt_path=callbacks[0].best_model_path)
show("resumed", trainer.global_step, trainer.callback_metrics["train_loss_epoch"])
show("predicted", torch.cat(trainer.predict(model, DataLoader(TensorDataset(x), 16))))
