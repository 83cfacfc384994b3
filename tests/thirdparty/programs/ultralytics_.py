"""Detection networks of ultralytics from their descriptions: the loss, a step, non-maximum suppression, fused layers."""

import os
import tempfile

os.environ.update(YOLO_CONFIG_DIR=tempfile.mkdtemp(), YOLO_VERBOSE="False", YOLO_OFFLINE="True")
import torch
from report import show, train
from ultralytics.nn.tasks import DetectionModel
from ultralytics.utils import IterableSimpleNamespace, nms

torch.manual_seed(0)
x = torch.rand(2, 3, 64, 64)
boxes = torch.tensor([[0.5, 0.5, 0.4, 0.3], [0.2, 0.3, 0.2, 0.2], [0.6, 0.4, 0.5, 0.6]])
batch = {"img": x, "batch_idx": torch.tensor([0.0, 0, 1]), "cls": torch.tensor([[0.0], [2], [1]]), "bboxes": boxes}
arguments = IterableSimpleNamespace(
    box=7.5, cls=0.5, dfl=1.5, pose=12.0, kobj=1.0, overlap_mask=True, mask_ratio=4, rle=1.0, angle=1.0, epochs=1,
    cls_pw=0.0, single_cls=False, dropout=0.0, multi_scale=0.0
)  # fmt: skip
for name in ("yolov8n.yaml", "yolo11n.yaml"):
    model = DetectionModel(name, nc=3, verbose=False)
    model.args = arguments
    train(model, lambda: model(batch)[0].sum(), 1, torch.optim.SGD(model.parameters(), 0.01), name)  # noqa: B023
    model.eval()
    with torch.no_grad():
        out = model(x)[0]
        show("out", out)
        show("fused", model.fuse(verbose=False)(x)[0])
candidates = torch.rand(2, 7, 60) * torch.tensor([64.0, 64, 30, 30, 1, 1, 1])[:, None]
for options in ({}, {"agnostic": True}, {"multi_label": True}, {"classes": [1]}):
    for found in nms.non_max_suppression(candidates, conf_thres=0.4, iou_thres=0.4, max_det=10, **options):
        show("kept", found)
