"""accelerate on the CPU: prepare, accumulate gradients, clip, save and load state."""

import tempfile

import torch
from accelerate import Accelerator
from accelerate.utils import set_seed
from report import show
from torch import nn
from torch.utils.data import DataLoader, TensorDataset

set_seed(0)
accelerator = Accelerator(cpu=True, gradient_accumulation_steps=2)
x = torch.randn(48, 4)
model = nn.Sequential(nn.Linear(4, 8), nn.Tanh(), nn.Linear(8, 2))
optimizer = torch.optim.AdamW(model.parameters(), lr=0.01)
schedule = torch.optim.lr_scheduler.LinearLR(optimizer)
loader = DataLoader(TensorDataset(x, (x[:, 0] > 0).long()), 8, shuffle=True)
model, optimizer, loader, schedule = accelerator.prepare(model, optimizer, loader, schedule)
print(accelerator.device, accelerator.num_processes, accelerator.is_main_process, accelerator.distributed_type)
for _ in range(2):
    for inputs, labels in loader:
        with accelerator.accumulate(model):
            loss = nn.functional.cross_entropy(model(inputs), labels)
            accelerator.backward(loss)
            if accelerator.sync_gradients:
                accelerator.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
            schedule.step()
            optimizer.zero_grad()
    show("epoch", loss, accelerator.gather(loss.detach()), optimizer.param_groups[0]["lr"])
with tempfile.TemporaryDirectory() as folder:
    accelerator.save_state(folder)
    before = [p.clone() for p in model.parameters()]
    with torch.no_grad():
        model[0].weight.zero_()
    accelerator.load_state(folder)
show("restored", *(p - b for p, b in zip(model.parameters(), before)))
