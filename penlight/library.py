"""`torch.library`: operators of one's own, which penlight does not have; using its names raises."""

from penlight.ledger.absent import mark_absent

mark_absent(__name__, "write a torch.autograd.Function instead")
