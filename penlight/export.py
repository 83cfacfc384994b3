"""`torch.export`: program export, which penlight does not have; its names can be imported and raise when used."""

from penlight.ledger.absent import mark_absent

mark_absent(__name__, "functions run as they are and are not recorded as graphs", ("dynamic_shapes",))
