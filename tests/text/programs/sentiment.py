"""An LSTM tells good reviews from bad ones: IMDB through fields, pretrained vectors, packed batches."""

import random

import torch
from torch import nn
from torchtext import data, datasets

SEED = 1234
random.seed(SEED)
torch.manual_seed(SEED)
torch.backends.cudnn.deterministic = True

TEXT = data.Field(lower=True, include_lengths=True)
LABEL = data.LabelField(dtype=torch.float)
train_data, test_data = datasets.IMDB.splits(TEXT, LABEL)
train_data, valid_data = train_data.split(split_ratio=0.75, random_state=random.seed(SEED))
TEXT.build_vocab(train_data, max_size=20, vectors="glove.6B.50d", unk_init=torch.Tensor.normal_)
LABEL.build_vocab(train_data)
device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
train_iterator, valid_iterator, test_iterator = data.BucketIterator.splits(
    (train_data, valid_data, test_data), batch_size=4, sort_within_batch=True, device=device
)


class Reader(nn.Module):
    def __init__(self, words, padding):
        super().__init__()
        self.embedding = nn.Embedding(words, 50, padding_idx=padding)
        self.rnn = nn.LSTM(50, 8, num_layers=2, bidirectional=True, dropout=0.5)
        self.fc = nn.Linear(16, 1)
        self.dropout = nn.Dropout(0.5)

    def forward(self, text, lengths):
        embedded = self.dropout(self.embedding(text))
        packed = nn.utils.rnn.pack_padded_sequence(embedded, lengths.to("cpu"))
        _, (hidden, _) = self.rnn(packed)
        hidden = self.dropout(torch.cat((hidden[-2], hidden[-1]), dim=1))
        return self.fc(hidden)


padding = TEXT.vocab.stoi[TEXT.pad_token]
model = Reader(len(TEXT.vocab), padding).to(device)
model.embedding.weight.data.copy_(TEXT.vocab.vectors)
model.embedding.weight.data[TEXT.vocab.stoi[TEXT.unk_token]] = torch.zeros(50)
model.embedding.weight.data[padding] = torch.zeros(50)
optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
criterion = nn.BCEWithLogitsLoss()

losses = []
for _ in range(3):
    model.train()
    for batch in train_iterator:
        optimizer.zero_grad()
        text, text_lengths = batch.text
        loss = criterion(model(text, text_lengths).squeeze(1), batch.label)
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    model.eval()
    with torch.no_grad():
        for batch in valid_iterator:
            text, text_lengths = batch.text
            losses.append(criterion(model(text, text_lengths).squeeze(1), batch.label).item())
