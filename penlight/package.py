"""`torch.package`: packaging of code with models, which penlight does not have; using its names raises."""

from penlight.ledger.absent import mark_absent

mark_absent(__name__, "save `state_dict()` with torch.save")
