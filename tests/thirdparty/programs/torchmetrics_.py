"""Metrics kept over batches with torchmetrics: classification, regression, aggregation, collections, images, text."""

import torch
import torchmetrics as tm
import torchmetrics.functional as F
from report import show

torch.manual_seed(0)
scores, labels = torch.randn(3, 20, 5).softmax(-1), torch.randint(5, (3, 20))
task = {"task": "multiclass", "num_classes": 5}
metrics = tm.MetricCollection(
    {
        "accuracy": tm.Accuracy(**task), "f1": tm.F1Score(average="macro", **task), "auroc": tm.AUROC(**task),
        "precision": tm.Precision(average="weighted", **task), "kappa": tm.CohenKappa(**task),
        "confusion": tm.ConfusionMatrix(**task), "ap": tm.AveragePrecision(**task),
        "calibration": tm.CalibrationError(**task), "mcc": tm.MatthewsCorrCoef(**task),
    }
)  # fmt: skip
for p, t in zip(scores, labels):
    metrics.update(p, t)
for name, value in metrics.compute().items():
    show(name, value)
binary = tm.classification.BinaryPrecisionRecallCurve(thresholds=5)
show("curve", *binary(torch.rand(30), torch.randint(2, (30,))))
show("roc", *F.roc(torch.rand(30), torch.randint(2, (30,)), task="binary"))
a, b = torch.randn(40), torch.randn(40)
for measure in (F.mean_squared_error, F.r2_score, F.pearson_corrcoef, F.spearman_corrcoef, F.mean_absolute_error,
                F.explained_variance, F.kendall_rank_corrcoef, F.concordance_corrcoef, F.cosine_similarity):  # fmt: skip
    show(measure.__name__, measure(a, b) if measure is not F.cosine_similarity else measure(a[None], b[None]))
mean, running = tm.MeanMetric(), tm.MaxMetric()
for v in (1.0, 2.5, 4.0):
    mean.update(v, weight=v)
    running.update(torch.tensor(v))
show("aggregated", mean.compute(), running.compute(), tm.SumMetric()(torch.arange(4.0)))
x, y = torch.rand(2, 3, 32, 32), torch.rand(2, 3, 32, 32)
show(
    "images",
    F.structural_similarity_index_measure(x, y, data_range=1.0),
    F.peak_signal_noise_ratio(x, y, data_range=1.0),
)
show("text", F.text.char_error_rate(["helo"], ["hello"]), F.text.bleu_score(["a b c d e"], [["a b c d f"]]))
show("state", sorted(tm.Accuracy(**task).metric_state))
