"""The notes' chapter on translation with attention: one test per block of code, numbers as PyTorch computes them.

The blocks are corrected (an attribute is spelled in two ways there, and indents are lost) and run on eight sentences.
"""
# ruff: noqa: UP008, UP031 (the older idioms of the notes are part of what is tested)

import math
import random
import re
import time
import unicodedata

import numpy as np
import pytest
from pytest import approx

import penlight as torch
import penlight.nn as nn
import penlight.nn.functional as F
from penlight import optim

device = torch.device("cuda" if torch.cuda.is_available() else "cpu")

SOS_token = 0
EOS_token = 1
MAX_LENGTH = 10
HIDDEN = 16

SENTENCES = """\
I am cold.\tJ'ai froid.
Hello!\tBonjour !
She is five years younger than me.\tElle a cinq ans de moins que moi.
She is too short.\tElle est trop petite.
I am not afraid to die.\tJe ne crains pas de mourir.
He is a talented young director.\tC'est un jeune directeur plein de talent.
We are at home tonight.\tNous sommes à la maison ce soir.
They are on their way to the station by the sea.\tIls sont en route vers la gare au bord de la mer.
"""


class Lang:
    def __init__(self, name):
        self.name = name
        self.word2index = {}
        self.word2count = {}
        self.index2word = {0: "SOS", 1: "EOS"}
        self.n_words = 2

    def addSentence(self, sentence):
        for word in sentence.split(" "):
            self.addWord(word)

    def addWord(self, word):
        if word not in self.word2index:
            self.word2index[word] = self.n_words
            self.word2count[word] = 1
            self.index2word[self.n_words] = word
            self.n_words += 1
        else:
            self.word2count[word] += 1


def unicodeToAscii(s):
    return "".join(c for c in unicodedata.normalize("NFD", s) if unicodedata.category(c) != "Mn")


def normalizeString(s):
    s = unicodeToAscii(s.lower().strip())
    s = re.sub(r"([.!?])", r" \1", s)
    return re.sub(r"[^a-zA-Z.!?]+", r" ", s).strip()


def readLangs(folder, lang1, lang2, reverse=False):
    with open("%s/%s-%s.txt" % (folder, lang1, lang2), encoding="utf-8") as file:
        lines = file.read().strip().split("\n")
    pairs = [[normalizeString(s) for s in line.split("\t")] for line in lines]
    if reverse:
        return Lang(lang2), Lang(lang1), [list(reversed(p)) for p in pairs]
    return Lang(lang1), Lang(lang2), pairs


eng_prefixes = (
    "i am ", "i m ", "he is", "he s ", "she is", "she s ", "you are", "you re ", "we are", "we re ", "they are",
    "they re ",
)  # fmt: skip


def filterPair(p):
    return len(p[0].split(" ")) < MAX_LENGTH and len(p[1].split(" ")) < MAX_LENGTH and p[1].startswith(eng_prefixes)


def prepareData(folder, lang1, lang2, reverse=False):
    input_lang, output_lang, pairs = readLangs(folder, lang1, lang2, reverse)
    pairs = [pair for pair in pairs if filterPair(pair)]
    for pair in pairs:
        input_lang.addSentence(pair[0])
        output_lang.addSentence(pair[1])
    return input_lang, output_lang, pairs


class EncoderRNN(nn.Module):
    def __init__(self, input_size, hidden_size):
        super(EncoderRNN, self).__init__()
        self.hidden_size = hidden_size
        self.embedding = nn.Embedding(input_size, hidden_size)
        self.gru = nn.GRU(hidden_size, hidden_size)

    def initHidden(self):
        return torch.zeros(1, 1, self.hidden_size, device=device)

    def forward(self, input, hidden):
        embedded = self.embedding(input).view(1, 1, -1)
        output = embedded
        output, hidden = self.gru(output, hidden)
        return output, hidden


class DecoderRNN(nn.Module):
    def __init__(self, hidden_size, output_size):
        super(DecoderRNN, self).__init__()
        self.hidden_size = hidden_size
        self.embedding = nn.Embedding(output_size, hidden_size)
        self.gru = nn.GRU(hidden_size, hidden_size)
        self.out = nn.Linear(hidden_size, output_size)
        self.softmax = nn.LogSoftmax(dim=1)

    def initHidden(self):
        return torch.zeros(1, 1, self.hidden_size, device=device)

    def forward(self, input, hidden):
        output = self.embedding(input).view(1, 1, -1)
        output = F.relu(output)
        output, hidden = self.gru(output, hidden)
        output = self.softmax(self.out(output[0]))
        return output, hidden


class AttnDecoderRNN(nn.Module):
    def __init__(self, hidden_size, output_size, dropout_p=0.1, max_length=MAX_LENGTH):
        super(AttnDecoderRNN, self).__init__()
        self.hidden_size = hidden_size
        self.output_size = output_size
        self.dropout_p = dropout_p
        self.max_length = max_length

        self.embedding = nn.Embedding(self.output_size, self.hidden_size)
        self.attn = nn.Linear(self.hidden_size * 2, self.max_length)
        self.attn_combine = nn.Linear(self.hidden_size * 2, self.hidden_size)
        self.dropout = nn.Dropout(self.dropout_p)
        self.gru = nn.GRU(self.hidden_size, self.hidden_size)
        self.out = nn.Linear(self.hidden_size, self.output_size)

    def forward(self, input, hidden, encoder_outputs):
        embedded = self.embedding(input).view(1, 1, -1)
        embedded = self.dropout(embedded)

        attn_weights = F.softmax(self.attn(torch.cat((embedded[0], hidden[0]), 1)), dim=1)
        attn_applied = torch.bmm(attn_weights.unsqueeze(0), encoder_outputs.unsqueeze(0))

        output = torch.cat((embedded[0], attn_applied[0]), 1)
        output = self.attn_combine(output).unsqueeze(0)

        output = F.relu(output)
        output, hidden = self.gru(output, hidden)

        output = F.log_softmax(self.out(output[0]), dim=1)
        return output, hidden, attn_weights

    def initHidden(self):
        return torch.zeros(1, 1, self.hidden_size, device=device)


def indexesFromSentence(lang, sentence):
    return [lang.word2index[word] for word in sentence.split(" ")]


def tensorFromSentence(lang, sentence):
    indexes = indexesFromSentence(lang, sentence)
    indexes.append(EOS_token)
    return torch.tensor(indexes, dtype=torch.long, device=device).view(-1, 1)


def train(input_tensor, target_tensor, encoder, decoder, encoder_optimizer, decoder_optimizer, criterion,
          teacher_forcing_ratio=0.5, max_length=MAX_LENGTH):  # fmt: skip
    encoder_hidden = encoder.initHidden()
    encoder_optimizer.zero_grad()
    decoder_optimizer.zero_grad()
    input_length = input_tensor.size(0)
    target_length = target_tensor.size(0)
    encoder_outputs = torch.zeros(max_length, encoder.hidden_size, device=device)
    loss = 0
    for ei in range(input_length):
        encoder_output, encoder_hidden = encoder(input_tensor[ei], encoder_hidden)
        encoder_outputs[ei] = encoder_output[0, 0]

    decoder_input = torch.tensor([[SOS_token]], device=device)
    decoder_hidden = encoder_hidden
    use_teacher_forcing = True if random.random() < teacher_forcing_ratio else False  # noqa: SIM210
    if use_teacher_forcing:
        for di in range(target_length):
            decoder_output, decoder_hidden, decoder_attention = decoder(decoder_input, decoder_hidden, encoder_outputs)
            loss += criterion(decoder_output, target_tensor[di])
            decoder_input = target_tensor[di]
    else:
        for di in range(target_length):
            decoder_output, decoder_hidden, decoder_attention = decoder(decoder_input, decoder_hidden, encoder_outputs)
            topv, topi = decoder_output.topk(1)
            decoder_input = topi.squeeze().detach()
            loss += criterion(decoder_output, target_tensor[di])
            if decoder_input.item() == EOS_token:
                break
    loss.backward()
    encoder_optimizer.step()
    decoder_optimizer.step()
    return loss.item() / target_length


def asMinutes(s):
    m = math.floor(s / 60)
    s -= m * 60
    return "%dm %ds" % (m, s)


def timeSince(since, percent):
    s = time.time() - since
    return "%s (- %s)" % (asMinutes(s), asMinutes(s / percent - s))


@pytest.fixture
def prepared(tmp_path):
    (tmp_path / "eng-fra.txt").write_text(SENTENCES, encoding="utf-8")
    return prepareData(tmp_path, "eng", "fra", True)


@pytest.fixture
def models(prepared):
    input_lang, output_lang, _ = prepared
    torch.manual_seed(0)
    random.seed(0)
    return EncoderRNN(input_lang.n_words, HIDDEN), AttnDecoderRNN(HIDDEN, output_lang.n_words)


def train_iters(prepared, models, n_iters, learning_rate=0.01):
    input_lang, output_lang, pairs = prepared
    encoder, decoder = models
    encoder_optimizer = optim.SGD(encoder.parameters(), lr=learning_rate)
    decoder_optimizer = optim.SGD(decoder.parameters(), lr=learning_rate)
    chosen = [random.choice(pairs) for i in range(n_iters)]
    training_pairs = [(tensorFromSentence(input_lang, p[0]), tensorFromSentence(output_lang, p[1])) for p in chosen]
    criterion = nn.NLLLoss()
    return [
        train(*training_pairs[i], encoder, decoder, encoder_optimizer, decoder_optimizer, criterion)
        for i in range(n_iters)
    ]


def evaluate(prepared, models, sentence, max_length=MAX_LENGTH):
    input_lang, output_lang, _ = prepared
    encoder, decoder = models
    with torch.no_grad():
        input_tensor = tensorFromSentence(input_lang, sentence)
        input_length = input_tensor.size()[0]
        encoder_hidden = encoder.initHidden()
        encoder_outputs = torch.zeros(max_length, encoder.hidden_size, device=device)
        for ei in range(input_length):
            encoder_output, encoder_hidden = encoder(input_tensor[ei], encoder_hidden)
            encoder_outputs[ei] += encoder_output[0, 0]

        decoder_input = torch.tensor([[SOS_token]], device=device)
        decoder_hidden = encoder_hidden
        decoded_words = []
        decoder_attentions = torch.zeros(max_length, max_length)
        for di in range(max_length):
            decoder_output, decoder_hidden, decoder_attention = decoder(decoder_input, decoder_hidden, encoder_outputs)
            decoder_attentions[di] = decoder_attention.data
            topv, topi = decoder_output.data.topk(1)
            if topi.item() == EOS_token:
                decoded_words.append("<EOS>")
                break
            decoded_words.append(output_lang.index2word[topi.item()])
            decoder_input = topi.squeeze().detach()
        return decoded_words, decoder_attentions[: di + 1]


def test_words_get_numbers():
    lang = Lang("eng")
    lang.addSentence("a b a")
    assert lang.word2index == {"a": 2, "b": 3} and lang.word2count == {"a": 2, "b": 1}
    assert lang.index2word == {0: "SOS", 1: "EOS", 2: "a", 3: "b"} and lang.n_words == 4


def test_sentences_become_plain():
    assert normalizeString("  Où est-ce, là-bas?  ") == "ou est ce la bas ?"


def test_pairs_are_read_turned_and_filtered(prepared):
    input_lang, output_lang, pairs = prepared
    assert (input_lang.name, output_lang.name, len(pairs)) == ("fra", "eng", 6)
    assert pairs[3] == ["je ne crains pas de mourir .", "i am not afraid to die ."]
    assert (input_lang.n_words, output_lang.n_words) == (34, 29)


def test_encoder_reads_word_by_word(prepared, models):
    encoder, hidden = models[0], models[0].initHidden()
    for word in tensorFromSentence(prepared[0], "elle est trop petite ."):
        output, hidden = encoder(word, hidden)
    assert output.shape == hidden.shape == (1, 1, HIDDEN) and torch.equal(output, hidden)
    assert output.sum().item() == approx(1.8629603, rel=1e-5)


def test_plain_decoder_gives_log_probabilities(prepared):
    torch.manual_seed(0)
    decoder = DecoderRNN(HIDDEN, prepared[1].n_words)
    output, hidden = decoder(torch.tensor([[SOS_token]]), decoder.initHidden())
    assert output.exp().sum().item() == approx(1, abs=1e-6) and hidden.shape == (1, 1, HIDDEN)
    assert output[0, EOS_token].item() == approx(-3.6792440, rel=1e-5)


def test_attention_decoder_gives_weights(prepared, models):
    decoder = models[1]
    outputs = torch.linspace(-1, 1, MAX_LENGTH * HIDDEN).view(MAX_LENGTH, HIDDEN)
    output, hidden, weights = decoder(torch.tensor([[SOS_token]]), decoder.initHidden(), outputs)
    assert weights.shape == (1, MAX_LENGTH) and weights.sum().item() == approx(1, abs=1e-6)
    assert [output[0, EOS_token].item(), weights[0, 0].item()] == approx([-3.5184413, 0.07432527], rel=1e-5)


def test_sentences_become_tensors(prepared):
    tensor = tensorFromSentence(prepared[1], "she is too short .")
    assert tensor.shape == (6, 1) and tensor.dtype is torch.int64 and tensor[-1].item() == EOS_token


def test_training_with_and_without_teacher_forcing(prepared, models):
    losses = train_iters(prepared, models, 12)
    assert losses == approx(
        [
            3.4833426,
            3.4567802,
            3.3770374,
            3.3926919,
            3.3624785,
            3.4396741,
            3.4212654,
            3.4103448,
            3.3907733,
            3.3654248,
            3.3486669,
            3.4539922,
        ],
        rel=1e-4,
    )


def test_time_is_told():
    assert asMinutes(125) == "2m 5s"
    assert re.fullmatch(r"\d+m \d+s \(- \d+m \d+s\)", timeSince(time.time() - 3, 0.5))


def test_evaluation_after_training(prepared, models):
    train_iters(prepared, models, 25, learning_rate=0.05)
    models[1].eval()
    words, attentions = evaluate(prepared, models, "je ne crains pas de mourir .")
    assert words == ["is", *"........."]
    assert attentions.shape == (len(words), MAX_LENGTH)
    assert attentions[:, 0].tolist() == approx(
        [0.0787425, 0.1424057, 0.0609914, 0.0625379, 0.0634272, 0.0641087, 0.0646012, 0.0649372, 0.0651616, 0.0653121],
        rel=1e-3,
    )


def test_losses_and_attention_are_drawn(prepared, models, tmp_path):
    plt = pytest.importorskip("matplotlib.pyplot")
    from matplotlib import ticker

    plt.switch_backend("agg")
    fig, ax = plt.subplots()
    ax.yaxis.set_major_locator(ticker.MultipleLocator(base=0.2))
    plt.plot(train_iters(prepared, models, 2))
    plt.savefig(tmp_path / "losses.png")
    assert np.asarray(ax.lines[0].get_ydata()).shape == (2,)

    sentence = "elle est trop petite ."
    words, attentions = evaluate(prepared, models, sentence)
    fig = plt.figure()
    ax = fig.add_subplot(111)
    fig.colorbar(ax.matshow(attentions.numpy(), cmap="bone"))
    columns = [*sentence.split(" "), "<EOS>"]
    ax.set_xticks(range(len(columns)), columns, rotation=90)
    ax.set_yticks(range(len(words)), words)
    plt.savefig(tmp_path / "attention.png")
    plt.close("all")
    assert all((tmp_path / name).read_bytes().startswith(b"\x89PNG") for name in ("losses.png", "attention.png"))
