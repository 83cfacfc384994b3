"""Training scripts as tutorials write them: a CNN with a scheduler, a recurrent net on packed batches, a VAE, a GAN step, DQN."""

import torch
import torch.nn.functional as F
from report import show, train
from torch import nn, optim
from torch.nn.utils.rnn import pack_padded_sequence, pad_sequence

torch.manual_seed(1)
net = nn.Sequential(
    nn.Conv2d(1, 8, 3, 1), nn.ReLU(), nn.MaxPool2d(2), nn.Dropout2d(0.25), nn.Flatten(), nn.Linear(8 * 169, 10)
)
x, y = torch.randn(16, 1, 28, 28), torch.randint(10, (16,))
optimizer = optim.Adadelta(net.parameters(), lr=1.0)
schedule = optim.lr_scheduler.StepLR(optimizer, step_size=1, gamma=0.7)
train(net, lambda: F.nll_loss(F.log_softmax(net(x), dim=1), y), 3, optimizer)
schedule.step()
show("rate", schedule.get_last_lr()[0])
words = [torch.randint(20, (n,)) for n in (7, 5, 2)]
embed, lstm, out = (
    nn.Embedding(20, 8),
    nn.LSTM(8, 12, 2, dropout=0.1, bidirectional=True, batch_first=True),
    nn.Linear(24, 3),
)
reader = nn.ModuleList([embed, lstm, out])
packed = lambda: pack_padded_sequence(embed(pad_sequence(words, batch_first=True)), [7, 5, 2], batch_first=True)
train(reader, lambda: F.cross_entropy(out(torch.cat(tuple(lstm(packed())[1][0][-2:]), 1)), torch.tensor([0, 1, 2])))
encoder, decoder = nn.Linear(20, 8), nn.Linear(4, 20)
data = torch.rand(16, 20)


def elbo():
    mean, logvar = encoder(data).chunk(2, 1)
    z = mean + torch.randn_like(mean) * torch.exp(0.5 * logvar)
    bce = F.binary_cross_entropy(torch.sigmoid(decoder(z)), data, reduction="sum")
    return bce - 0.5 * torch.sum(1 + logvar - mean.pow(2) - logvar.exp())


train(
    nn.ModuleList([encoder, decoder]), elbo, optimizer=optim.Adam([*encoder.parameters(), *decoder.parameters()], 1e-3)
)
G, D = (
    nn.Sequential(nn.ConvTranspose2d(8, 4, 4), nn.BatchNorm2d(4), nn.Tanh()),
    nn.Sequential(nn.Conv2d(4, 1, 4), nn.Flatten()),
)
judge = nn.BCEWithLogitsLoss()
for _ in range(2):
    made, real = G(torch.randn(6, 8, 1, 1)), torch.rand(6, 4, 4, 4)
    d_loss = judge(D(real), torch.ones(6, 1)) + judge(D(made.detach()), torch.zeros(6, 1))
    g_loss = judge(D(made), torch.ones(6, 1))
    (d_loss + g_loss).backward()
    show("gan", d_loss, g_loss, *(p.grad for p in G.parameters()))
policy, target = nn.Linear(4, 2), nn.Linear(4, 2)
target.load_state_dict(policy.state_dict())
state, action, reward = torch.randn(8, 4), torch.randint(2, (8, 1)), torch.randn(8)
value = lambda: F.smooth_l1_loss(
    policy(state).gather(1, action).squeeze(1), reward + 0.9 * target(state).max(1)[0].detach()
)
train(policy, value, optimizer=optim.RMSprop(policy.parameters()))
