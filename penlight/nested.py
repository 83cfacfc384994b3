"""`torch.nested`: nested tensors, which penlight does not have; its names can be imported and raise when used."""

from penlight.ledger.absent import mark_absent

mark_absent(__name__, "pad sequences with torch.nn.utils.rnn.pad_sequence")
