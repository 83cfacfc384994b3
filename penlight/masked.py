"""`torch.masked`: masked tensors, which penlight does not have; its names can be imported and raise when used."""

from penlight.ledger.absent import mark_absent

mark_absent(__name__, "use torch.where and boolean masks")
