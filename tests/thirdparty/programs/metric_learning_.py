"""pytorch-metric-learning: losses, miners, distances, an accuracy calculator."""

import torch
from pytorch_metric_learning import distances, losses, miners, reducers
from report import show

torch.manual_seed(0)
x = torch.randn(16, 8, requires_grad=True)
labels = torch.arange(16) % 4
makers = (
    losses.TripletMarginLoss(), losses.ContrastiveLoss(), losses.NTXentLoss(), losses.SupConLoss(), losses.MultiSimilarityLoss(),
    losses.CircleLoss(), losses.NPairsLoss(), losses.LiftedStructureLoss(), losses.AngularLoss(), losses.TupletMarginLoss(),
    losses.ArcFaceLoss(4, 8), losses.ProxyNCALoss(4, 8), losses.ProxyAnchorLoss(4, 8), losses.NormalizedSoftmaxLoss(4, 8),
    losses.SoftTripleLoss(4, 8), losses.TripletMarginLoss(distance=distances.CosineSimilarity(), reducer=reducers.MeanReducer()),
)  # fmt: skip
for maker in makers:
    loss = maker(x, labels)
    (gradient,) = torch.autograd.grad(loss, x)
    show(type(maker).__name__, loss, gradient)
for name in ("MultiSimilarityMiner", "BatchHardMiner", "TripletMarginMiner", "UniformHistogramMiner"):
    miner = getattr(miners, name)()
    found = miner(x, labels)
    show(type(miner).__name__, *[len(f) for f in found], losses.TripletMarginLoss()(x, labels, found))
memory = losses.CrossBatchMemory(losses.NTXentLoss(), 8, memory_size=32)
show("memory", memory(x, labels), memory(x * 0.9, labels))
