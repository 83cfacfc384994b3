"""Progress lines in a fixed format, and the JSON trace behind ``--trace``.

A line is made of pairs ``name value``: ``step 100 loss 1.234567e+02``. The last line starts with ``result``.
"""

import hashlib
import json
import os

TRACED_STEPS = 200
TRACED_BATCHES = 3


class Recorder:
    """Counts optimisation steps, prints them, and keeps what a trace needs.

    Args:
        options: the parsed command line; uses ``steps`` and ``trace``.
        print_every: print the mean loss of each such stretch of steps (0: never).
    """

    def __init__(self, options, print_every=100):
        self.limit = options.steps
        self.path = options.trace
        self.print_every = print_every
        self.steps = 0
        self.last_loss = None
        self.losses = []
        self.fingerprints = {}
        self._stretch = []

    @property
    def finished(self):
        """Whether the number of steps asked for with ``--steps`` has been made."""
        return self.limit is not None and self.steps >= self.limit

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
        """Print one line of name-value pairs."""
        words = [kind] if kind else []
        for name, value in pairs.items():
            words += [name, f"{value:.6e}" if isinstance(value, float) and "loss" in name else _plain(value)]
        print(" ".join(words), flush=True)

    def result(self, **figures):
        """Print the figures of merit as the last line and write the trace file, if one was asked for."""
        self.show("result", **figures)
        if self.path is None:
            return
        trace = {"steps": self.steps, "losses": self.losses, "fingerprints": self.fingerprints, "result": figures}
        self.path.parent.mkdir(parents=True, exist_ok=True)
        unfinished = self.path.with_name(self.path.name + ".part")
        unfinished.write_text(json.dumps(trace), encoding="utf-8")
        os.replace(unfinished, self.path)


def _plain(value):
    return f"{value:.2f}" if isinstance(value, float) else str(value)
