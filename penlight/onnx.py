"""`torch.onnx`: export to ONNX, which penlight does not have; its names can be imported and raise when used."""

from penlight.ledger.absent import mark_absent


def is_in_onnx_export() -> bool:
    """False: nothing is exported."""
    return False


mark_absent(
    __name__,
    "there is no graph to export; run the same script on PyTorch to export the model",
    ("_internal.exporter", "operators", "symbolic_helper", "utils"),
)
