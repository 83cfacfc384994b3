"""A skorch classifier inside a scikit-learn pipeline and grid search."""

import tempfile

import numpy as np
import torch
from report import show
from sklearn.datasets import make_classification
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from skorch import NeuralNetClassifier, NeuralNetRegressor
from skorch.callbacks import EarlyStopping, EpochScoring, LRScheduler
from torch import nn

torch.manual_seed(0)
X, y = make_classification(200, 8, n_informative=5, random_state=0)
X, y = X.astype(np.float32), y.astype(np.int64)


class Net(nn.Module):
    def __init__(self, hidden=16):
        super().__init__()
        self.layers = nn.Sequential(nn.Linear(8, hidden), nn.ReLU(), nn.Dropout(0.2), nn.Linear(hidden, 2))

    def forward(self, x):
        return self.layers(x)


callbacks = [
    EpochScoring("roc_auc", lower_is_better=False),
    LRScheduler("StepLR", step_size=2),
    EarlyStopping(patience=5),
]
net = NeuralNetClassifier(Net, max_epochs=4, lr=0.1, criterion=nn.CrossEntropyLoss, callbacks=callbacks, verbose=0)
make_pipeline(StandardScaler(), net).fit(X, y)
for name in ("train_loss", "valid_loss", "valid_acc", "roc_auc"):
    show(name, *[float(v) for v in net.history[:, name]])
show("probabilities", torch.from_numpy(net.predict_proba(X[:10])), int(net.predict(X).sum()))
search = GridSearchCV(NeuralNetClassifier(Net, max_epochs=2, verbose=0, criterion=nn.CrossEntropyLoss, train_split=None),
                      {"module__hidden": [4, 8]}, cv=2, scoring="accuracy")  # fmt: skip
search.fit(X, y)
show("grid", search.best_params_, float(search.best_score_))
regressor = NeuralNetRegressor(nn.Linear(8, 1), max_epochs=3, lr=0.01, verbose=0).fit(X, X[:, :1])
show("regression", *[float(v) for v in regressor.history[:, "train_loss"]])
with tempfile.NamedTemporaryFile() as file:
    net.save_params(f_params=file.name)
    other = NeuralNetClassifier(Net, criterion=nn.CrossEntropyLoss).initialize()
    other.load_params(f_params=file.name)
show("loaded", torch.from_numpy(other.predict_proba(X[:3])))
