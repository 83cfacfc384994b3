"""Files of one's own: CSV with a header, TSV by position, JSON by keys; a convolutional classifier."""

import random

import torch
import torch.nn.functional as F
from torch import nn
from torchtext import data

random.seed(5)
torch.manual_seed(5)
TEXT = data.Field(sequential=True, tokenize=lambda x: x.split(), lower=True, fix_length=6, batch_first=True)
LABEL = data.Field(sequential=False, use_vocab=False)
columns = [("id", None), ("text", TEXT), ("label", LABEL)]
keys = {"text": ("text", TEXT), "label": ("label", LABEL)}
train = data.TabularDataset(path="table/train.csv", format="csv", skip_header=True, fields=columns)
valid = data.TabularDataset(path="table/valid.tsv", format="TSV", fields=columns)
test = data.TabularDataset(path="table/test.json", format="json", fields=keys)
TEXT.build_vocab(train, valid, min_freq=2)
train_iter, valid_iter = data.BucketIterator.splits(
    (train, valid), batch_sizes=(4, 8), sort_key=lambda x: len(x.text), sort_within_batch=False, repeat=False
)
test_iter = data.Iterator(test, batch_size=8, sort=False, sort_within_batch=False, train=False, repeat=False)


class BatchWrapper:
    def __init__(self, dl, x, y):
        self.dl, self.x, self.y = dl, x, y

    def __iter__(self):
        for batch in self.dl:
            yield getattr(batch, self.x), getattr(batch, self.y).float()

    def __len__(self):
        return len(self.dl)


class Net(nn.Module):
    def __init__(self, words):
        super().__init__()
        self.embedding = nn.Embedding(words, 10)
        self.convs = nn.ModuleList(nn.Conv2d(1, 4, (size, 10)) for size in (2, 3))
        self.fc = nn.Linear(8, 1)

    def forward(self, x):
        x = self.embedding(x).unsqueeze(1)
        pooled = [F.relu(conv(x)).squeeze(3).max(2)[0] for conv in self.convs]
        return self.fc(torch.cat(pooled, dim=1)).squeeze(1)


model = Net(len(TEXT.vocab))
optimizer = torch.optim.Adam(model.parameters(), lr=0.02)
losses = []
for _ in range(3):
    for x, y in BatchWrapper(train_iter, "text", "label"):
        loss = F.binary_cross_entropy_with_logits(model(x), y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    losses += [
        F.mse_loss(model(x), y).item() for it in (valid_iter, test_iter) for x, y in BatchWrapper(it, "text", "label")
    ]
