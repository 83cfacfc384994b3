"""Tables of layers, output shapes and parameter counts, from torchinfo."""

import torch
from report import show
from torch import nn
from torchinfo import summary

torch.manual_seed(0)
model = nn.Sequential(
    nn.Conv2d(1, 8, 3, padding=1),
    nn.BatchNorm2d(8),
    nn.ReLU(),
    nn.MaxPool2d(2),
    nn.Flatten(),
    nn.Linear(8 * 14 * 14, 10),
)
columns = ("input_size", "output_size", "num_params", "kernel_size", "mult_adds", "trainable")
told = summary(model, input_size=(4, 1, 28, 28), col_names=columns, verbose=0, device="cpu")
print(told)
show("totals", told.total_params, told.trainable_params, told.total_mult_adds, told.total_output_bytes)
rnn = nn.LSTM(6, 12, num_layers=2, batch_first=True, bidirectional=True)
print(summary(rnn, input_data=torch.randn(2, 5, 6), verbose=0, device="cpu"))
print(summary(nn.TransformerEncoderLayer(16, 4, 32, batch_first=True), (2, 5, 16), depth=4, verbose=0, device="cpu"))
print(summary(nn.Embedding(10, 3), input_data=torch.tensor([[1, 2]]), dtypes=[torch.long], verbose=0, device="cpu"))
