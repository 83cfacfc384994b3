"""A trained translator with its vocabularies: sentences in, sentences and attention maps out."""

import torch
from common.checkpoint import load_saved, save_as

from translation.corpus import Vocabulary, padded
from translation.networks import Translator
from translation.search import beam, greedy, spell

BATCH = 64
BEAM = 5  # sentences kept in parallel


class Interpreter:
    """Translates with a network.

    Args:
        net: a ``Translator``.
        settings: the keyword arguments with which it was made.
        languages: the source and the target ``Vocabulary``.
        longest: give up after so many words.
    """

    def __init__(self, net, settings, languages, longest):
        self.net, self.settings, self.languages, self.longest = net, settings, languages, longest

    @classmethod
    def load(cls, path, device):
        """The one that ``save`` wrote; SystemExit where there is no such file."""
        content = load_saved("translator", path)
        languages = [Vocabulary(words) for words in content["words"]]
        net = Translator(*map(len, languages), **content["settings"]).to(device)
        net.load_state_dict(content["net"])
        return cls(net, content["settings"], languages, content["longest"])

    def save(self, path):
        words = [language.own_words for language in self.languages]
        net = self.net.state_dict()
        save_as("translator", path, net=net, settings=self.settings, longest=self.longest, words=words)

    @torch.no_grad()
    def translate(self, sentences, width=BEAM):
        """(words, weights) of each plain sentence: a list of T words, and attention weights (T, S) or None.

        Args:
            width: sentences that the beam search keeps in parallel; 1: greedy.
        """
        self.net.eval()
        device = next(self.net.parameters()).device
        found = []
        for start in range(0, len(sentences), BATCH):
            part = sentences[start : start + BATCH]
            sources, lengths = padded(part, self.languages[0])
            sources = sources.to(device)
            if width == 1:
                numbers, weights = greedy(self.net, sources, lengths, self.longest)
            else:
                numbers, weights = beam(self.net, sources, lengths, self.longest, width)
            for place, sentence in enumerate(part):
                source = sentence.split()
                looked_at = None if weights is None else weights[place].cpu()
                words = spell(numbers[place].tolist(), looked_at, source, self.languages[1])
                # one more row and column: the end-of-sentence sign
                found.append((words, None if looked_at is None else looked_at[: len(words) + 1, : len(source) + 1]))
        return found
