"""An LSTM language model on WikiText-2, its hidden state carried from piece to piece."""

import torch
from torch import nn
from torchtext import data, datasets

torch.manual_seed(3)
TEXT = data.Field(lower=True, batch_first=False)
train, valid, test = datasets.WikiText2.splits(TEXT)
TEXT.build_vocab(train, max_size=60)
train_iter, valid_iter, test_iter = data.BPTTIterator.splits(
    (train, valid, test), batch_size=4, bptt_len=10, device="cpu", repeat=False
)


class Model(nn.Module):
    def __init__(self, words):
        super().__init__()
        self.words = words
        self.embedding = nn.Embedding(words, 12)
        self.rnn = nn.LSTM(12, 12, batch_first=False)
        self.linear = nn.Linear(12, words)

    def forward(self, text, hidden):
        output, hidden = self.rnn(self.embedding(text), hidden)
        return self.linear(output), hidden


model = Model(len(TEXT.vocab))
optimizer = torch.optim.SGD(model.parameters(), lr=1.0)
criterion = nn.CrossEntropyLoss()
losses = []
for _ in range(2):
    hidden = None
    for batch in train_iter:
        if hidden is not None:
            hidden = tuple(h.detach() for h in hidden)
        output, hidden = model(batch.text, hidden)
        loss = criterion(output.view(-1, model.words), batch.target.view(-1))
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 0.25)
        optimizer.step()
        losses.append(loss.item())
