"""TabNet on small tables: a classifier, a regressor, unsupervised pretraining, explanations, saving."""

import numpy as np
import torch
from pytorch_tabnet.pretraining import TabNetPretrainer
from pytorch_tabnet.tab_model import TabNetClassifier, TabNetRegressor
from report import show

torch.manual_seed(0)
generator = np.random.default_rng(0)
x = generator.normal(size=(96, 6)).astype(np.float32)
x[:, 5] = generator.integers(0, 4, 96)
y = (x[:, 0] + x[:, 1] * (x[:, 5] > 1) > 0).astype(int)
common = {"n_d": 4, "n_a": 4, "n_steps": 2, "verbose": 0, "seed": 1, "cat_idxs": [5], "cat_dims": [4], "cat_emb_dim": 2}
pretrained = TabNetPretrainer(**common, mask_type="entmax")
pretrained.fit(x[:64], [x[64:]], max_epochs=2, batch_size=32, virtual_batch_size=16)
show("pretrained", *pretrained.history["loss"], *pretrained.history["val_0_unsup_loss_numpy"])
model = TabNetClassifier(**common, scheduler_fn=torch.optim.lr_scheduler.StepLR, scheduler_params={"step_size": 1})
model.fit(
    x[:64], y[:64], [(x[64:], y[64:])], eval_metric=["logloss", "accuracy"], max_epochs=3, batch_size=32,
    virtual_batch_size=16, from_unsupervised=pretrained, weights=1,
)  # fmt: skip
show("classified", *model.history["loss"], *model.history["val_0_logloss"], *model.history["val_0_accuracy"])
show("probabilities", torch.from_numpy(model.predict_proba(x[64:])), *model.predict(x[64:70]))
explanation, masks = model.explain(x[64:])
show(
    "explained", torch.from_numpy(explanation), torch.from_numpy(masks[1]), torch.from_numpy(model.feature_importances_)
)
regressor = TabNetRegressor(**common)
regressor.fit(x, x[:, :2] * 2, max_epochs=3, batch_size=32, virtual_batch_size=16, drop_last=False)
show("regressed", *regressor.history["loss"], torch.from_numpy(regressor.predict(x[:8])))
