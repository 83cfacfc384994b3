"""Translate with one sentence a step and one word a call, the form that is easiest to read.

Trains on the sentences in which a pronoun is something ("i am", "you are" …) and then translates some of them again:
with so few of them this shows what was learned by heart. seq2seq.py is the form for more. Writes the losses
(one_by_one_loss.png) and what the decoder looked at (one_by_one_attention_1.png …) to --out.
"""
# ruff: noqa: I001

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from common.start import start  # first: it says how to run where torch is missing

import random

import torch
import torch.nn.functional as F
from torch import nn

from common.checkpoint import Run
from common.options import option_parser, whole
from common.plots import draw_attention, draw_curves
from common.record import Recorder
from translation.bleu import corpus_bleu
from translation.corpus import EOS, SOS, Vocabulary, read_pairs

LEARNING_RATE, TEACHER_FORCING, DROPOUT = 0.01, 0.5, 0.1
BEGINNINGS = tuple(
    f"{pronoun} {verb} "
    for pronoun, verbs in (("i", "am m"), ("he", "is s"), ("she", "is s"), ("it", "is s"), ("you", "are re"),
                           ("we", "are re"), ("they", "are re"))
    for verb in verbs.split()
)  # fmt: skip
SAMPLES, MAPS = 10, 4


class EncoderRNN(nn.Module):
    """One word a call. Shape: word (1,), state (1, 1, H) -> output (1, 1, H), state (1, 1, H)."""

    def __init__(self, vocabulary_size, width):
        super().__init__()
        self.width = width
        self.embedding = nn.Embedding(vocabulary_size, width)
        self.gru = nn.GRU(width, width)

    def forward(self, word, state):
        return self.gru(self.embedding(word).view(1, 1, -1), state)

    def first_state(self):
        return torch.zeros(1, 1, self.width, device=self.embedding.weight.device)


class DecoderRNN(nn.Module):
    """One word a call. Shape: word (1,), state (1, 1, H) -> log-probabilities (1, V), state, None."""

    def __init__(self, width, vocabulary_size):
        super().__init__()
        self.embedding = nn.Embedding(vocabulary_size, width)
        self.gru = nn.GRU(width, width)
        self.out = nn.Linear(width, vocabulary_size)

    def forward(self, word, state, encoder_outputs):
        output, state = self.gru(F.relu(self.embedding(word).view(1, 1, -1)), state)
        return F.log_softmax(self.out(output[0]), dim=1), state, None


class AttnDecoderRNN(nn.Module):
    """One word a call, with a look at the encoder's outputs (L, H); returns its weights (1, L) as well.

    The weights follow from the last word and the state alone, place by place, not from what stands there: a sentence
    may have at most L words with the end-of-sentence sign, and the places after its end are looked at in vain.
    """

    def __init__(self, width, vocabulary_size, longest):
        super().__init__()
        self.embedding = nn.Embedding(vocabulary_size, width)
        self.attn = nn.Linear(2 * width, longest)
        self.attn_combine = nn.Linear(2 * width, width)
        self.dropout = nn.Dropout(DROPOUT)
        self.gru = nn.GRU(width, width)
        self.out = nn.Linear(width, vocabulary_size)

    def forward(self, word, state, encoder_outputs):
        embedded = self.dropout(self.embedding(word).view(1, 1, -1))
        weights = F.softmax(self.attn(torch.cat((embedded[0], state[0]), 1)), dim=1)  # (1, L)
        looked_at = torch.bmm(weights.unsqueeze(0), encoder_outputs.unsqueeze(0))  # (1, 1, H)
        output = F.relu(self.attn_combine(torch.cat((embedded[0], looked_at[0]), 1)).unsqueeze(0))
        output, state = self.gru(output, state)
        return F.log_softmax(self.out(output[0]), dim=1), state, weights


class Pair(nn.Module):
    """Encoder and decoder, an optimizer for each, and one step of training."""

    def __init__(self, source_size, target_size, *, width, decoder, longest):
        super().__init__()
        self.longest = longest
        self.encoder = EncoderRNN(source_size, width)
        if decoder == "attention":
            self.decoder = AttnDecoderRNN(width, target_size, longest)
        else:
            self.decoder = DecoderRNN(width, target_size)
        self.optimizers = [torch.optim.SGD(part.parameters(), LEARNING_RATE) for part in (self.encoder, self.decoder)]

    def encode(self, source):
        """(outputs (L, H), last state) of a numbered sentence (S,); the outputs after its end are 0."""
        state = self.encoder.first_state()
        outputs = torch.zeros(self.longest, self.encoder.width, device=source.device)
        for place in range(len(source)):
            output, state = self.encoder(source[place : place + 1], state)
            outputs[place] = output[0, 0]
        return outputs, state

    def step(self, source, target):
        """Make one optimisation step on a pair of numbered sentences; return the loss a word."""
        for optimizer in self.optimizers:
            optimizer.zero_grad()
        outputs, state = self.encode(source)
        word = torch.tensor([SOS], device=source.device)
        forced = random.random() < TEACHER_FORCING
        loss = 0
        for place in range(len(target)):
            scores, state, _ = self.decoder(word, state, outputs)
            loss = loss + F.nll_loss(scores, target[place : place + 1])
            word = target[place : place + 1] if forced else scores.argmax(1)
            if not forced and word.item() == EOS:
                break
        loss.backward()
        for optimizer in self.optimizers:
            optimizer.step()
        return loss.item() / len(target)

    @torch.no_grad()
    def translate(self, source):
        """(numbers of the words, attention weights (T, L) or None) of a numbered sentence."""
        self.eval()
        outputs, state = self.encode(source)
        word = torch.tensor([SOS], device=source.device)
        numbers, weights = [], []
        while len(numbers) < self.longest and word.item() != EOS:
            scores, state, weight = self.decoder(word, state, outputs)
            word = scores.argmax(1)
            numbers.append(word.item())
            weights.append(weight)
        self.train()
        return numbers, None if weights[0] is None else torch.cat(weights)


def main():
    parser = option_parser(__doc__, epochs=40, data="eng-fra.txt.gz", resumable=True)
    parser.add_argument("--decoder", choices=["attention", "plain"], default="attention")
    parser.add_argument("--max-words", type=whole(), default=9, help="leave out longer sentences (default: 9)")
    parser.add_argument("--width", type=whole(), default=128, help="of embeddings and states (default: 128)")
    options = parser.parse_args()
    device = start(options)
    recorder = Recorder(options, print_every=500)
    pairs = [pair for pair in read_pairs(options.data, options.max_words) if pair[1].startswith(BEGINNINGS)]
    if not pairs:
        raise SystemExit(f"{options.data}: no sentence begins with one of {', '.join(BEGINNINGS)}")
    languages = [Vocabulary.of([pair[side] for pair in pairs], at_least=1) for side in (0, 1)]
    recorder.show(pairs=len(pairs), source_words=len(languages[0]), target_words=len(languages[1]))
    model = Pair(*map(len, languages), width=options.width, decoder=options.decoder, longest=options.max_words + 1)
    model.to(device)
    recorder.weights(model)
    if options.decoder == "attention":
        recorder.watch_dropout(model.decoder.dropout)
    numbered = [tuple(language.encode(side) for language, side in zip(languages, pair)) for pair in pairs]
    loader = torch.utils.data.DataLoader(numbered, batch_size=None, shuffle=True)
    run = Run("one_by_one", options, recorder, every=500, model=model)
    for _ in run.epochs():
        for source, target in run.batches(loader):
            recorder.batch(source, target)
            recorder.step(model.step(source.to(device), target.to(device)))

    draw_curves(
        options.out / "one_by_one_loss.png", {"loss": recorder.curves.get("loss", [])}, "One sentence at a time"
    )
    found, maps = [], []
    for source, _ in numbered:
        numbers, weights = model.translate(source.to(device))
        found.append(" ".join(languages[1].decode(numbers)))
        maps.append((weights, [languages[1].words[number] for number in numbers]))
    shown = random.Random(options.seed).sample(range(len(pairs)), min(SAMPLES, len(pairs)))
    for number in shown:
        print(f"> {pairs[number][0]}\n= {pairs[number][1]}\n< {found[number]}\n")
    for place, number in enumerate(shown[:MAPS], 1):
        weights, words = maps[number]
        if weights is not None:
            columns = [*pairs[number][0].split(), "<eos>"]
            path = options.out / f"one_by_one_attention_{place}.png"
            draw_attention(path, weights[:, : len(columns)].cpu(), words, columns, "What each word was translated from")
    score, counted_by = corpus_bleu(found, [target for _, target in pairs])
    recorder.show(bleu_computed_by=counted_by)
    recorder.result(training_loss=recorder.last_loss, training_bleu=score)


if __name__ == "__main__":
    main()
