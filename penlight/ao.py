"""`torch.ao`: quantization and pruning tools, which penlight does not have; using its names raises."""

from penlight.ledger.absent import mark_absent

mark_absent(
    __name__,
    "there are no quantized kernels; torch.nn.utils.prune prunes",
    (
        "quantization",
        "pruning",
        "nn",
    ),
)
