"""Surnames of 18 languages: reading, spelling in plain ASCII, the held-out split, letters as numbers."""

import random
import string
import unicodedata

import torch

LETTERS = string.ascii_letters + " .,;'-"
EDGE = len(LETTERS)  # the symbol before the first and after the last letter, for nets that write
SYMBOLS = len(LETTERS) + 1
FOLDS = 5
# Letters that are more than a plain letter with a mark, so that taking the mark away leaves nothing.
_SPELLED = str.maketrans({"ł": "l", "Ł": "L", "đ": "d", "Đ": "D", "ß": "ss", "ı": "i", "ø": "o", "Ø": "O", "æ": "ae"})


def to_ascii(name):
    """The name in the characters of ``LETTERS``: marks are taken off, what then has no place there is left out.

    >>> to_ascii("Ślusàrski"), to_ascii("Wałęsa")
    ('Slusarski', 'Walesa')
    """
    apart = unicodedata.normalize("NFD", name.translate(_SPELLED))
    return "".join(character for character in apart if character in LETTERS)


def encode(name):
    """The numbers of a name's letters. Shape: (T), int64.

    Raises:
        SystemExit: no letter is left of the name.
    """
    letters = to_ascii(name)
    if not letters:
        raise SystemExit(f"expected a name with at least one of the characters {LETTERS!r}, got {name!r}")
    return torch.tensor([LETTERS.index(letter) for letter in letters])


def read_names(folder):
    """(languages, the set of names of each): one file LANGUAGE.txt for each language, one name a line, UTF-8.

    Names are in plain ASCII, each once for a language, in the order of the file.
    """
    files = sorted(folder.glob("*.txt"))
    if len(files) < 2:
        raise SystemExit(f"expected files LANGUAGE.txt, one name a line, in {folder}; found {len(files)}: see --data")
    names = []
    for file in files:
        lines = (to_ascii(line.strip()) for line in file.read_text(encoding="utf-8").splitlines())
        names.append(list(dict.fromkeys(line for line in lines if line)))
    return [file.stem for file in files], names


def split(names, seed, held_out=0.1):
    """(training, held out): lists of (name, number of its language); a tenth of each language's names is held out."""
    shuffler = random.Random(seed)
    training, rest = [], []
    for language, of_language in enumerate(names):
        shuffled = shuffler.sample(of_language, len(of_language))
        count = max(1, round(held_out * len(shuffled)))
        rest += [(name, language) for name in shuffled[:count]]
        training += [(name, language) for name in shuffled[count:]]
    return training, rest


def fold(training, number):
    """(four fifths, one fifth) of the training names: for choosing a recipe without a look at the names held out."""
    return [pair for i, pair in enumerate(training) if i % FOLDS != number], training[number::FOLDS]
