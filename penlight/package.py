"""`torch.package`: packaging of code with models, which penlight does not have; its names can be imported and raise when used."""

from penlight.ledger.absent import mark_absent

mark_absent(__name__, "save `state_dict()` with torch.save")
