"""Part-of-speech tags of UDPOS, from words and their letters."""

import random

import torch
from torch import nn
from torchtext import data, datasets

random.seed(11)
torch.manual_seed(11)
WORD = data.Field(lower=True, batch_first=True)
CHAR = data.NestedField(data.Field(tokenize=list, fix_length=6, init_token="<w>"))
TAG = data.Field(unk_token=None, batch_first=True)
fields = [(("word", "char"), (WORD, CHAR)), ("udtag", TAG)]
train, valid, test = datasets.UDPOS.splits(fields=fields)
WORD.build_vocab(train, min_freq=1)
CHAR.build_vocab(train)
TAG.build_vocab(train)
iterators = data.BucketIterator.splits((train, valid, test), batch_size=2, device=torch.device("cpu"))


class Tagger(nn.Module):
    def __init__(self):
        super().__init__()
        self.words = nn.Embedding(len(WORD.vocab), 6, padding_idx=WORD.vocab.stoi["<pad>"])
        self.letters = nn.Embedding(len(CHAR.vocab), 4)
        self.rnn = nn.LSTM(10, 8, bidirectional=True, batch_first=True)
        self.out = nn.Linear(16, len(TAG.vocab))

    def forward(self, word, char):
        x = torch.cat([self.words(word), self.letters(char).mean(2)], 2)
        return self.out(self.rnn(x)[0])


model = Tagger()
optimizer = torch.optim.Adam(model.parameters(), lr=0.02)
criterion = nn.CrossEntropyLoss(ignore_index=TAG.vocab.stoi["<pad>"])
losses = []
for _ in range(4):
    for batch in iterators[0]:
        optimizer.zero_grad()
        scores = model(batch.word, batch.char)
        loss = criterion(scores.view(-1, scores.shape[-1]), batch.udtag.view(-1))
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
