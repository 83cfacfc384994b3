"""Small files in the original formats of the datasets that tests/text/programs read."""

from __future__ import annotations

import json
import random
import shutil
from pathlib import Path

GOOD, BAD = "great fine lovely moving".split(), "awful dull poor boring".split()
PLAIN = "the film was a story of two people in one town and it ended there".split()
GERMAN = {"zwei": "two", "hunde": "dogs", "ein": "a", "mann": "man", "haus": "house", "rennt": "runs", "sieht": "sees"}
TAGS = {"The": "DET\tDT", "dog": "NOUN\tNN", "runs": "VERB\tVB", "a": "DET\tDT", "cat": "NOUN\tNN", "sees": "VERB\tVB"}


def write_all(folder: Path) -> None:
    """Write them below a folder: `.data` as the datasets expect it, `.vector_cache`, and `table`."""
    draw = random.Random(0)

    def put(path: str, content: str) -> None:
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(content, encoding="utf-8")

    def review(words: list[str]) -> str:
        return " ".join(draw.choice(words if draw.random() < 0.3 else PLAIN) for _ in range(draw.randint(3, 12)))

    for split, count in (("train", 12), ("test", 4)):
        for label, words in (("pos", GOOD), ("neg", BAD)):
            for number in range(count):
                put(f".data/imdb/aclImdb/{split}/{label}/{number:02}_7.txt", review(words))
    known = [*GOOD, *BAD, *PLAIN[:8]]
    numbers = (" ".join(f"{draw.gauss(0, 0.4):.4f}" for _ in range(50)) for _ in known)
    put(".vector_cache/glove.6B.50d.txt", "".join(f"{word} {row}\n" for word, row in zip(known, numbers)))

    for split, count in (("train", 20), ("val", 4), ("test2016", 4)):
        lines = [[draw.choice([*GERMAN]) for _ in range(draw.randint(2, 6))] for _ in range(count)]
        put(f".data/multi30k/{split}.de", "".join(" ".join(line).capitalize() + "\n" for line in lines))
        put(f".data/multi30k/{split}.en", "".join(" ".join(GERMAN[word] for word in line) + "\n" for line in lines))

    wikitext = Path(__file__).parent / "data" / "wikitext-2" / "wikitext-2"
    shutil.copytree(wikitext, folder / ".data/wikitext-2/wikitext-2")

    rows = [(number, review(GOOD if number % 2 else BAD), number % 2) for number in range(28)]
    put("table/train.csv", "id,text,label\n" + "".join(f'{i},"{text}, ok",{label}\n' for i, text, label in rows[:16]))
    put("table/valid.tsv", "".join(f"{i}\t{text}\t{label}\n" for i, text, label in rows[16:22]))
    put("table/test.json", "".join(json.dumps({"text": text, "label": label}) + "\n" for _, text, label in rows[22:]))

    for split, count in (("train", 8), ("dev", 2), ("test", 2)):
        sentences = [[draw.choice([*TAGS]) for _ in range(draw.randint(2, 5))] for _ in range(count)]
        text = "\n\n".join("\n".join(f"{word}\t{TAGS[word]}" for word in words) for words in sentences)
        put(f".data/udpos/en-ud-v2/en-ud-tag.v2.{split}.txt", text + "\n\n")

    for split, count in (("train", 20), ("test", 4)):
        lines = (f'"{n % 4 + 1}","News {n % 4}","{review(GOOD)}, said ""{PLAIN[n % 4]}"""\n' for n in range(count))
        put(f".data/AG_NEWS/{split}.csv", "".join(lines))
