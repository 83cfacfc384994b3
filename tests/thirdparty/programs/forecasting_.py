"""PyTorch Forecasting: a data set of series, a temporal fusion transformer, N-BEATS and DeepAR; losses and predictions."""

import logging
import warnings

import numpy as np
import pandas as pd
import torch
from pytorch_forecasting import DeepAR, NBeats, TemporalFusionTransformer, TimeSeriesDataSet
from pytorch_forecasting.data import GroupNormalizer
from pytorch_forecasting.metrics import MAE, SMAPE, NormalDistributionLoss, QuantileLoss
from report import show, train

warnings.filterwarnings("ignore")
logging.disable(logging.INFO)
torch.manual_seed(0)
generator = np.random.default_rng(0)
frame = pd.DataFrame({"time": list(range(40)) * 3, "group": np.repeat(["a", "b", "c"], 40)})
frame["value"] = np.sin(frame["time"] / 3) + generator.normal(size=120) * 0.1 + 3
frame["price"] = generator.normal(size=120)
common = {
    "time_idx": "time",
    "target": "value",
    "group_ids": ["group"],
    "max_encoder_length": 12,
    "max_prediction_length": 4,
}
data = TimeSeriesDataSet(
    frame, static_categoricals=["group"], time_varying_known_reals=["time", "price"],
    time_varying_unknown_reals=["value"], target_normalizer=GroupNormalizer(groups=["group"]), add_relative_time_idx=True,
    add_target_scales=True, **common,
)  # fmt: skip
simple = TimeSeriesDataSet(frame, time_varying_unknown_reals=["value"], **common)
fusion = TemporalFusionTransformer.from_dataset(
    data, hidden_size=8, lstm_layers=1, attention_head_size=2, hidden_continuous_size=4, loss=QuantileLoss()
)
beats = NBeats.from_dataset(
    simple, widths=[16, 32], num_blocks=[1, 1], num_block_layers=[2, 2], loss=MAE(), backcast_loss_ratio=0.0
)
deepar = DeepAR.from_dataset(data, hidden_size=8, rnn_layers=1, loss=NormalDistributionLoss())
models = {"fusion": (fusion, data), "beats": (beats, simple), "deepar": (deepar, data)}
for name, (model, kind) in models.items():
    x, y = next(iter(kind.to_dataloader(train=True, batch_size=16)))
    show("batch", *[x[k].float() for k in sorted(x) if isinstance(x[k], torch.Tensor)])
    train(model, lambda: model.loss(model(x)["prediction"], y), 2, torch.optim.Adam(model.parameters(), 1e-2), name)  # noqa: B023
    model.eval()
    with torch.no_grad():
        out = model(x)
        torch.manual_seed(1)
        show("predicted", model.to_prediction(out), model.to_quantiles(out), SMAPE()(model.to_prediction(out), y))
    if name == "fusion":
        found = model.interpret_output(out, reduction="sum")
        show("interpreted", *[found[k] for k in sorted(found) if isinstance(found[k], torch.Tensor)])
