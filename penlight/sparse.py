"""`torch.sparse`: sparse tensors, which penlight does not have; its names can be imported and raise when used."""

from penlight.ledger.absent import mark_absent

mark_absent(__name__, "tensors are dense; use dense tensors, or scipy.sparse for the sparse part", ("semi_structured",))
