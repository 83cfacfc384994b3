"""German to English with a GRU encoder and decoder: Multi30k through two fields with sentence marks."""

import random

import torch
import torch.nn as nn
import torch.optim as optim
from torchtext.data import BucketIterator, Field
from torchtext.datasets import Multi30k

random.seed(7)
torch.manual_seed(7)


def backwards(text):
    return text.split()[::-1]


SRC = Field(tokenize=backwards, init_token="<sos>", eos_token="<eos>", lower=True)
TRG = Field(tokenize=str.split, init_token="<sos>", eos_token="<eos>", lower=True)
train_data, valid_data, test_data = Multi30k.splits(exts=(".de", ".en"), fields=(SRC, TRG))
SRC.build_vocab(train_data, min_freq=2)
TRG.build_vocab(train_data, min_freq=2)
device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
train_iterator, valid_iterator, test_iterator = BucketIterator.splits(
    (train_data, valid_data, test_data), batch_size=3, device=device
)


class Encoder(nn.Module):
    def __init__(self, words):
        super().__init__()
        self.embedding = nn.Embedding(words, 8)
        self.rnn = nn.GRU(8, 16)

    def forward(self, src):
        return self.rnn(self.embedding(src))[1]


class Decoder(nn.Module):
    def __init__(self, words):
        super().__init__()
        self.words = words
        self.embedding = nn.Embedding(words, 8)
        self.rnn = nn.GRU(8, 16)
        self.out = nn.Linear(16, words)

    def forward(self, word, hidden):
        output, hidden = self.rnn(self.embedding(word.unsqueeze(0)), hidden)
        return self.out(output.squeeze(0)), hidden


class Seq2Seq(nn.Module):
    def __init__(self, encoder, decoder):
        super().__init__()
        self.encoder, self.decoder = encoder, decoder

    def forward(self, src, trg, teacher_forcing=0.5):
        outputs = torch.zeros(trg.shape[0], trg.shape[1], self.decoder.words).to(device)
        hidden, word = self.encoder(src), trg[0]
        for t in range(1, trg.shape[0]):
            outputs[t], hidden = self.decoder(word, hidden)
            word = trg[t] if random.random() < teacher_forcing else outputs[t].argmax(1)
        return outputs


model = Seq2Seq(Encoder(len(SRC.vocab)), Decoder(len(TRG.vocab))).to(device)
optimizer = optim.Adam(model.parameters(), lr=0.01)
criterion = nn.CrossEntropyLoss(ignore_index=TRG.vocab.stoi[TRG.pad_token])
losses = []
for _ in range(3):
    for batch in train_iterator:
        optimizer.zero_grad()
        output = model(batch.src, batch.trg)
        loss = criterion(output[1:].view(-1, output.shape[-1]), batch.trg[1:].view(-1))
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1)
        optimizer.step()
        losses.append(loss.item())
