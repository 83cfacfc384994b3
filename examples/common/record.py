"""Progress lines in a fixed format, the JSON trace behind ``--trace`` and the curves of a TensorBoard log.

A line is made of pairs ``name value``: ``step 100 loss 1.234567e+02``. The last line starts with ``result``.
"""

import hashlib
import json

from common.files import write_atomically
from common.logs import open_log

TRACED_STEPS = 200
TRACED_BATCHES = 3


class Recorder:
    """Counts optimisation steps, prints them, and keeps what a trace needs.

    Args:
        options: the parsed command line; uses ``steps``, ``trace`` and ``logdir``.
        print_every: print the mean loss of each such stretch of steps (0: never).

    Attributes:
        curves: for each name whose fractional values were shown, the list of (step, value).
        log: the TensorBoard log (a ``SummaryWriter``) behind ``--logdir``, or None; the curves go there by themselves.
    """

    def __init__(self, options, print_every=100):
        self.limit = options.steps
        self.path = options.trace
        self.print_every = print_every
        self.steps = 0
        self.last_loss = None
        self.losses = []
        self.fingerprints = {}
        self.curves = {}
        self.log = open_log(getattr(options, "logdir", None))
        self._stretch = []

    @property
    def finished(self):
        """Whether the number of steps asked for with ``--steps`` has been made."""
        return self.limit is not None and self.steps >= self.limit

    def state_dict(self):
        """What a checkpoint must hold for the trace and the curves to go on."""
        return {
            "steps": self.steps, "last_loss": self.last_loss, "losses": self.losses, "fingerprints": self.fingerprints,
            "curves": self.curves, "_stretch": self._stretch,
        }  # fmt: skip

    def load_state_dict(self, state):
        """Take over what ``state_dict`` returned."""
        vars(self).update(state)

    def step(self, loss):
        """Count one optimisation step whose loss was ``loss`` (a number or a one-element tensor)."""
        loss = self.last_loss = float(loss)
        self.steps += 1
        self._stretch.append(loss)
        if len(self.losses) < TRACED_STEPS:
            self.losses.append(loss)
        if self.print_every and self.steps % self.print_every == 0:
            self.show(step=self.steps, loss=sum(self._stretch) / len(self._stretch))
            self._stretch.clear()

    def fingerprint(self, name, *arrays):
        """Keep the SHA-256 of the arrays' bytes in C order: equal only if equal bit for bit."""
        if self.path is None:
            return
        digest = hashlib.sha256()
        for array in arrays:
            if hasattr(array, "detach"):
                array = array.detach().cpu().contiguous().numpy()
            digest.update(f"{array.dtype} {array.shape}".encode())
            digest.update(array.tobytes())
        self.fingerprints[name] = digest.hexdigest()

    def weights(self, model):
        """Keep the fingerprint of a model's parameters, in the order of ``parameters()``."""
        self.fingerprint("initial weights", *model.parameters())

    def batch(self, *tensors):
        """Keep the fingerprint of a mini-batch; only the first few batches count."""
        if self.steps < TRACED_BATCHES:
            self.fingerprint(f"batch {self.steps}", *tensors)

    def watch_dropout(self, layer):
        """Keep the fingerprint of the masks which the dropout ``layer`` draws in the first few steps.

        The mask is drawn once beforehand, on ones, and the random generator is then put back.
        """
        if self.path is None:
            return
        import torch

        def before_forward(module, inputs):
            if module.training and self.steps < TRACED_BATCHES:
                state = torch.get_rng_state()
                kept = torch.nn.functional.dropout(torch.ones_like(inputs[0]), module.p, True) != 0
                torch.set_rng_state(state)
                self.fingerprint(f"dropout mask {self.steps}", kept)

        layer.register_forward_pre_hook(before_forward)

    def show(self, kind="", **pairs):
        """Print one line of name-value pairs; fractional values become points of the curves."""
        words = [kind] if kind else []
        for name, value in pairs.items():
            words += [name, f"{value:.6e}" if isinstance(value, float) and "loss" in name else _plain(value)]
            if isinstance(value, float):
                self.curves.setdefault(name, []).append((self.steps, value))
                if self.log is not None:
                    self.log.add_scalar(name, value, self.steps)
        print(" ".join(words), flush=True)

    def result(self, **figures):
        """Print the figures of merit as the last line and write the trace file, if one was asked for."""
        self.show("result", **figures)
        if self.log is not None:
            self.log.close()
        if self.path is None:
            return
        trace = {"steps": self.steps, "losses": self.losses, "fingerprints": self.fingerprints, "result": figures}
        write_atomically(self.path, lambda path: path.write_text(json.dumps(trace), encoding="utf-8"))


def _plain(value):
    return f"{value:.2f}" if isinstance(value, float) else str(value)
