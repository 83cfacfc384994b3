"""What the programs print: a label and numbers, so that two runs can be compared line by line."""

import torch


def show(label, *values):
    """Print tensors as shape, norm, sum and four elements; numbers and words as they are."""
    words = []
    for value in values:
        if isinstance(value, torch.Tensor):
            flat = value.detach().reshape(-1).to(torch.float64 if not value.is_complex() else torch.complex128)
            flat = torch.view_as_real(flat).reshape(-1) if flat.is_complex() else flat
            words += [str(value.dtype), "x".join(map(str, value.shape)) or "scalar"]
            picks = flat[:: max(1, len(flat) // 4)][:4].tolist() if len(flat) else []
            words += [f"{v:.9g}" for v in (flat.norm().item(), flat.sum().item(), *picks)]
        else:
            words.append(f"{value:.9g}" if isinstance(value, float) else str(value))
    print(label, *words, flush=True)


def train(model, loss_of, steps=3, optimizer=None, label="loss"):
    """Take a few steps and print the loss of each, the last gradient and the state afterwards."""
    optimizer = optimizer or torch.optim.SGD(model.parameters(), lr=0.05, momentum=0.9)
    for _ in range(steps):
        optimizer.zero_grad()
        loss = loss_of()
        loss.backward()
        optimizer.step()
        show(label, loss)
    gradients = [p.grad.abs().sum().double() for p in model.parameters() if p.grad is not None]
    show("gradients", len(gradients), torch.stack(gradients).sum())
    show("state", len(model.state_dict()), torch.stack([v.double().sum() for v in model.state_dict().values()]).sum())
