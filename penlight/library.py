"""`torch.library`: operators of one's own, which penlight does not have; its names can be imported and raise when used."""

from penlight.ledger.absent import mark_absent

mark_absent(__name__, "write a torch.autograd.Function instead")
