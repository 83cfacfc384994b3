"""News with an EmbeddingBag: the tutorial's way from torchtext 0.9 on, with raw iterators and a vocabulary."""

import torch
from torch import nn
from torch.utils.data import DataLoader
from torch.utils.data.dataset import random_split
from torchtext.data.functional import to_map_style_dataset
from torchtext.data.utils import get_tokenizer
from torchtext.datasets import AG_NEWS
from torchtext.vocab import build_vocab_from_iterator

torch.manual_seed(2)
tokenizer = get_tokenizer("basic_english")
train_iter = AG_NEWS(split="train")


def yield_tokens(data_iter):
    for _, text in data_iter:
        yield tokenizer(text)


vocab = build_vocab_from_iterator(yield_tokens(train_iter), specials=["<unk>"])
vocab.set_default_index(vocab["<unk>"])
text_pipeline = lambda x: vocab(tokenizer(x))
label_pipeline = lambda x: int(x) - 1


def collate_batch(batch):
    label_list, text_list, offsets = [], [], [0]
    for label, text in batch:
        label_list.append(label_pipeline(label))
        processed = torch.tensor(text_pipeline(text), dtype=torch.int64)
        text_list.append(processed)
        offsets.append(processed.size(0))
    return torch.tensor(label_list), torch.cat(text_list), torch.tensor(offsets[:-1]).cumsum(dim=0)


class Model(nn.Module):
    def __init__(self, words, classes):
        super().__init__()
        self.embedding = nn.EmbeddingBag(words, 8, sparse=False)
        self.fc = nn.Linear(8, classes)

    def forward(self, text, offsets):
        return self.fc(self.embedding(text, offsets))


classes = len({label for label, _ in AG_NEWS(split="train")})
model = Model(len(vocab), classes)
train_iter, test_iter = AG_NEWS()
train_dataset, test_dataset = to_map_style_dataset(train_iter), to_map_style_dataset(test_iter)
part = int(len(train_dataset) * 0.9)
split_train, split_valid = random_split(train_dataset, [part, len(train_dataset) - part])
train_loader = DataLoader(split_train, batch_size=4, shuffle=True, collate_fn=collate_batch)
valid_loader = DataLoader(split_valid, batch_size=4, shuffle=True, collate_fn=collate_batch)
optimizer = torch.optim.SGD(model.parameters(), lr=5)
scheduler = torch.optim.lr_scheduler.StepLR(optimizer, 1.0, gamma=0.1)
criterion = nn.CrossEntropyLoss()
losses = []
for _ in range(2):
    model.train()
    for label, text, offsets in train_loader:
        optimizer.zero_grad()
        loss = criterion(model(text, offsets), label)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 0.1)
        optimizer.step()
        losses.append(loss.item())
    scheduler.step()
    model.eval()
    with torch.no_grad():
        losses += [criterion(model(text, offsets), label).item() for label, text, offsets in valid_loader]
