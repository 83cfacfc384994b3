"""The other datasets on small files in their original formats: what torchtext 0.18 and 0.6 give of the same files."""

from __future__ import annotations

import gzip
import io
import json
import lzma
import tarfile
import zipfile

import pytest

from penlight.text import data, datasets
from penlight.text.datasets import text_classification
from penlight.text.datasets.nli import ParsedTextField, ShiftReduceField
from penlight.text.legacy import datasets as legacy


@pytest.fixture
def put(tmp_path):
    """Write files below a folder of the root, or an archive with them; return the root."""

    def write(folder, files, archive=None):
        place = tmp_path / folder
        place.mkdir(parents=True, exist_ok=True)
        content = {name: text.encode() if isinstance(text, str) else text for name, text in files.items()}
        if archive is None:
            for name, text in content.items():
                (place / name).parent.mkdir(parents=True, exist_ok=True)
                (place / name).write_bytes(text)
        else:
            (place / archive).write_bytes(pack(content, archive))
        return str(tmp_path)

    return write


def pack(files, name):
    memory = io.BytesIO()
    if name.endswith(".zip"):
        with zipfile.ZipFile(memory, "w") as archive:
            for inner, text in files.items():
                archive.writestr(inner, text)
    else:
        with tarfile.open(fileobj=memory, mode="w:gz") as archive:
            for inner, text in files.items():
                member = tarfile.TarInfo(inner)
                member.size = len(text)
                archive.addfile(member, io.BytesIO(text))
    return memory.getvalue()


TAGGED = "The\tDET\tDT\ndog\tNOUN\tNN\n\nruns\tVERB\tVB\n"
TAGS = [[["The", "dog"], ["DET", "NOUN"], ["DT", "NN"]], [["runs"], ["VERB"], ["VB"]]]
CHUNKED = "He PRP B-NP\nreckons VBZ B-VP\n\nThe DT B-NP\n\n"
CHUNKS = [[["He", "reckons"], ["PRP", "VBZ"], ["B-NP", "B-VP"]], [["The"], ["DT"], ["B-NP"]]]
MNLI_HEAD = (
    "gold_label sentence1_binary_parse sentence2_binary_parse sentence1_parse sentence2_parse sentence1 sentence2 "
    "promptID".replace(" ", "\t")
)
MNLI_ROWS = [f'{label}\tp\tp\tp\tp\tA "man\tB b\t1' for label in ("neutral", "-", "contradiction", "entailment")]
STS = 'main\tMSR\t2012\t0001\t5.000\tA plane is.\tAn "air.\nmain\tf\ty\t2\t3.8\ta\tb\textra\tx\n'
SQUAD = {
    "data": [{"title": "t", "paragraphs": [{"context": "C one", "qas": [
        {"id": "1", "question": "Q?", "answers": [{"answer_start": 2, "text": "one"}, {"answer_start": 0, "text": "C"}]},
        {"id": "2", "question": "R?", "answers": []},
    ]}]}]
}  # fmt: skip
PAIRS_HEAD = "index\tsentence1\tsentence2\tlabel\n"
# (name, archive or None, its files, split, items)
RAW = [
    (
        "YelpReviewFull", "yelp_review_full_csv.tar.gz",
        {f"yelp_review_full_csv/{part}.csv": '"3","Oil, ""gas""\\n"\n' for part in ("train", "test")}, "train",
        [(3, 'Oil, "gas"\\n')],
    ),
    (
        "YahooAnswers", "yahoo_answers_csv.tar.gz",
        {f"yahoo_answers_csv/{part}.csv": '"1","a","b","c, d"\n"2","","x\n y",""\n' for part in ("train", "test")},
        "test", [(1, "a b c, d"), (2, " x\n y ")],
    ),
    (
        # torchtext leaves the first example out
        "CoLA", "cola_public_1.1.zip",
        {"cola_public/raw/in_domain_train.tsv": 'gj04\t1\t\tOur "friends.\ngj04\t0\t*\tone\n'}, "train",
        [("gj04", 1, 'Our "friends.'), ("gj04", 0, "one")],
    ),
    (
        "MNLI", "multinli_1.0.zip",
        {"multinli_1.0/multinli_1.0_dev_matched.txt": "\n".join([MNLI_HEAD, *MNLI_ROWS, ""])}, "dev_matched",
        [(1, 'A "man', "B b"), (2, 'A "man', "B b"), (0, 'A "man', "B b")],
    ),
    (
        "MRPC", None,
        {"msr_paraphrase_test.txt": '\ufeffQuality\t#1 ID\t#2 ID\t#1 String\t#2 String\n1\t702\t703\tA "x\tB , he\n'},
        "test", [(1, 'A "x', "B , he")],
    ),
    (
        "QNLI", "QNLIv2.zip",
        {"QNLI/dev.tsv": "index\tquestion\tsentence\tlabel\n0\tWhen ?\tS\tentailment\n1\ta\tb\tnot_entailment\n"}, "dev",
        [(0, "When ?", "S"), (1, "a", "b")],
    ),
    ("RTE", "RTE.zip", {"RTE/train.tsv": PAIRS_HEAD + "0\tNo\tW\tnot_entailment\n"}, "train", [(1, "No", "W")]),
    ("RTE", "RTE.zip", {"RTE/test.tsv": "index\tsentence1\tsentence2\n0\tq\ts\n"}, "test", [("q", "s")]),
    ("WNLI", "WNLI.zip", {"WNLI/train.tsv": PAIRS_HEAD + "0\tNo\tW\t1\n"}, "train", [(1, "No", "W")]),
    ("SST2", "SST-2.zip", {"SST-2/train.tsv": 'sentence\tlabel\nhide " \t0\n'}, "train", [('hide "', 0)]),
    ("SST2", "SST-2.zip", {"SST-2/test.tsv": "index\tsentence\n0\tuneasy\n"}, "test", [("uneasy",)]),
    (
        "STSB", "Stsbenchmark.tar.gz", {"stsbenchmark/sts-dev.csv": STS}, "dev",
        [(1, 5.0, "A plane is.", 'An "air.'), (2, 3.8, "a", "b")],
    ),
    (
        "SQuAD2", None, {"dev-v2.0.json": json.dumps(SQUAD)}, "dev",
        [("C one", "Q?", ["one", "C"], [2, 0]), ("C one", "R?", [""], [-1])],
    ),
    ("UDPOS", "en-ud-v2.zip", {"en-ud-v2/en-ud-tag.v2.dev.txt": TAGGED}, "valid", TAGS),
    ("CoNLL2000Chunking", None, {"test.txt.gz": gzip.compress(CHUNKED.encode())}, "test", CHUNKS),
    ("WikiText2", "wikitext-2-v1.zip", {"wikitext-2/wiki.test.tokens": " \n = A = \n"}, "test", [" \n", " = A = \n"]),
    ("PennTreebank", None, {"ptb.valid.txt": " one <unk> \n two \n"}, "valid", ["one <unk>", "two"]),
    (
        "IMDB", "aclImdb_v1.tar.gz", {f"aclImdb/test/{label}/0_7.txt": f"a {label}" for label in ("pos", "neg")}, "test",
        [(1, "a neg"), (2, "a pos")],
    ),
    (
        "Multi30k", "validation.tar.gz", {"val.de": "Zwei \n\n", "val.en": "Two\nlost \n"}, "valid",
        [("Zwei ", "Two"), ("", "lost ")],
    ),
]  # fmt: skip


@pytest.mark.parametrize(("name", "archive", "files", "split", "expected"), RAW, ids=[f"{r[0]}-{r[3]}" for r in RAW])
@pytest.mark.parametrize("below", ["", "datasets/"], ids=["", "below datasets"])
def test_raw_items(put, below, name, archive, files, split, expected):
    root = put(below + name, files, archive)
    made = getattr(datasets, name)(root=root, split=split)
    assert list(made) == expected and list(made) == expected and len(made) == len(expected)


def test_raw_items_of_sets_without_splits(put):
    put("EnWik9", {"enwik9": "<mediawiki>\n a line\n"}, "enwik9.zip")
    put("QQP", {"quora_duplicate_questions.tsv": 'id\tqid1\tqid2\tquestion1\tquestion2\tis\n0\t1\t2\t"a\nb"\tc?\t1\n'})
    root = put("CC100", {"fr.txt.xz": lzma.compress(b"un\n\ndeux\n")})
    assert list(datasets.EnWik9(root)) == ["<mediawiki>", " a line"]
    assert list(datasets.QQP(root)) == [(1, "a\nb", "c?")]
    assert list(datasets.CC100(root, language_code="fr")) == [("fr", "un"), ("fr", ""), ("fr", "deux")]


XML = '<mteval>\n<doc docid="1">\n<url>u</url>\n<seg id="1"> One line . </seg>\n<seg id="2">Two</seg>\n</doc>\n</mteval>\n'
TALK = "<url>http</url>\n<title>T</title>\nHello {}\n <b> x\n<description>D</description>\nSecond line\n"


def talks(prefix, sets):
    files = {}
    for language in ("de", "en"):
        files[f"train.tags.de-en.{language}"] = TALK.format(language)
        files.update({f"{prefix}.{name}.de-en.{language}.xml": XML for name in sets})
    return files


@pytest.mark.parametrize(
    ("make", "outer", "folder", "prefix", "sets"),
    [
        (datasets.IWSLT2016, "2016-01", "de/en/de-en", "IWSLT16.TED", ("tst2013", "tst2014")),
        (
            datasets.IWSLT2017, "2017-01-trnmted", "DeEnItNlRo/DeEnItNlRo/DeEnItNlRo-DeEnItNlRo", "IWSLT17.TED",
            ("dev2010", "tst2010"),
        ),
    ],
)  # fmt: skip
def test_talks_in_an_archive_in_an_archive(put, make, outer, folder, prefix, sets):
    name = folder.rpartition("/")[2]
    inner = pack({f"{name}/{file}": text.encode() for file, text in talks(prefix, sets).items()}, "x.tgz")
    root = put(make.__name__, {f"{outer}/texts/{folder}.tgz": inner}, f"{outer}.tgz")
    train, valid, test = make(root)
    assert list(train) == [("Hello de\n", "Hello en\n"), ("<b> x\n", "<b> x\n"), ("Second line\n", "Second line\n")]
    assert list(valid) == list(test) == [("One line .\n", "One line .\n"), ("Two\n", "Two\n")]
    for pair in (("xx", "en"), ("de",), "de"):
        with pytest.raises(ValueError, match="language_pair"):
            make(root, language_pair=pair)


def test_iwslt_with_fields(put):
    root = put("iwslt/de-en", talks("IWSLT16.TED", ("tst2013", "tst2014")))
    train, valid, test = datasets.IWSLT.splits(exts=(".de", ".en"), fields=(data.Field(), data.Field()), root=root)
    assert [pair.src for pair in train] == [["Hello", "de"], ["<b>", "x"], ["Second", "line"]]
    assert [pair.trg for pair in valid] == [["One", "line", "."], ["Two"]] and len(test) == 2


def test_wmt14(put):
    files = ("train.tok.clean.bpe.32000", "newstest2013.tok.bpe.32000", "newstest2014.tok.bpe.32000")
    root = put("wmt14", {f"{file}.{language}": "a b@@ c\n\nd\n" for file in files for language in ("en", "de")})
    parts = datasets.WMT14.splits(exts=(".en", ".de"), fields=(data.Field(), data.Field()), root=root)
    assert [[pair.src for pair in part] for part in parts] == [[["a", "b@@", "c"], ["d"]]] * 3


TREES = "(3 (2 (2 The) (2 Rock)) (4 (3 is) (1 bad)))\n(0 (1 No) (2 .))\n(2 (2 So) (2 so))\n"


def test_sst(put):
    root = put("sst/trees", {f"{part}.txt": TREES for part in ("train", "dev", "test")})
    text, label = data.Field(lower=True), data.LabelField()
    train, _, test = datasets.SST.splits(text, label, root=root, filter_pred=lambda ex: ex.label != "neutral")
    assert [(ex.label, ex.text) for ex in train] == [
        ("positive", ["the", "rock", "is", "bad"]), ("negative", ["no", "."]),
    ]  # fmt: skip
    train, *_ = datasets.SST.splits(text, label, root=root, fine_grained=True, train_subtrees=True)
    assert len(train) == 13 and [ex.label for ex in train][7:9] == ["very negative", "negative"]
    first = next(iter(datasets.SST.iters(batch_size=3, root=root)[0]))
    assert first.text.shape == (4, 3)


def test_trec(put):
    lines = b"DESC:manner How did serfdom develop ?\nENTY:cremat What fi\xf0lms ?\n"
    root = put("trec", {"train_5500.label": lines, "TREC_10.label": lines})
    train, _ = datasets.TREC.splits(data.Field(), data.LabelField(), root=root)
    assert [(ex.label, ex.text) for ex in train] == [
        ("DESC", ["How", "did", "serfdom", "develop", "?"]), ("ENTY", ["What", "fi", "lms", "?"]),
    ]  # fmt: skip
    _, test = datasets.TREC.splits(data.Field(), data.LabelField(), root=root, fine_grained=True)
    assert list(test.label) == ["DESC:manner", "ENTY:cremat"] and test.sort_key(test[1]) == 4


PREMISES = [
    {
        "gold_label": label, "sentence1": "A man.", "sentence2": "B b", "sentence1_binary_parse": "( ( A man ) . )",
        "sentence2_binary_parse": "( B b )", "genre": "fiction", "language": "en",
    }
    for label in ("neutral", "-", "entailment")
]  # fmt: skip
LINES = "".join(json.dumps(row) + "\n" for row in PREMISES)


def test_inference(put):
    root = put("snli/snli_1.0", {f"snli_1.0_{part}.jsonl": LINES for part in ("train", "dev", "test")})
    put("multinli/multinli_1.0", {f"multinli_1.0_{p}.jsonl": LINES for p in ("train", "dev_matched", "dev_mismatched")})
    put("xnli/XNLI-1.0", {f"xnli.{part}.jsonl": LINES for part in ("dev", "test")})
    text, label = data.Field(lower=True), data.LabelField()
    train, _, _ = datasets.SNLI.splits(text, label, root=root)
    assert [vars(ex) for ex in train] == [
        {"premise": ["a", "man."], "hypothesis": ["b", "b"], "label": name} for name in ("neutral", "entailment")
    ]
    assert train.sort_key(train[0]) == 12 and list(train.fields) == ["premise", "hypothesis", "label"]
    parts = datasets.MultiNLI.splits(text, label, genre_field=data.RawField(), root=root, test=None)
    assert len(parts) == 2 and parts[1][0].genre == "fiction"
    parts = datasets.XNLI.splits(text, label, language_field=data.RawField(), root=root)
    assert len(parts) == 2 and parts[0][1].language == "en"
    with pytest.raises(NotImplementedError, match="does not support iters"):
        datasets.XNLI.iters()
    parsed, *_ = datasets.SNLI.splits(ParsedTextField(), label, ShiftReduceField(), root=root)
    assert parsed[0].premise == ["A", "man", "."]
    assert parsed[0].premise_transitions == ["shift", "shift", "reduce", "shift", "reduce"]
    batch = next(iter(datasets.SNLI.iters(batch_size=2, root=root, trees=True)[0]))
    assert batch.premise[1].tolist() == [4, 4] and batch.hypothesis_transitions.shape == (3, 2)


def test_tagging_with_fields(put):
    root = put("udpos/en-ud-v2", {f"en-ud-tag.v2.{part}.txt": TAGGED for part in ("train", "dev", "test")})
    word, tag = data.Field(), data.Field(unk_token=None)
    train, valid, test = datasets.UDPOS.splits(fields=(("word", word), (None, None), ("tag", tag)), root=root)
    assert [vars(ex) for ex in train] == [
        {"word": ["The", "dog"], "tag": ["DT", "NN"]},
        {"word": ["runs"], "tag": ["VB"]},
    ]
    assert train.sort_key(train[0]) == 2 and len(valid) == len(test) == 2
    root = put("conll2000", {f"{part}.txt": CHUNKED * 10 for part in ("train", "test")})
    fields = (("word", word), ("pos", data.Field()), ("chunk", tag))
    train, valid, test = datasets.CoNLL2000Chunking.splits(fields, root=root)
    assert (len(train), len(valid), len(test)) == (18, 2, 20)
    # the examples that torchtext draws, with Python's generator seeded with 0
    assert [len(ex.word) for ex in train] == [2, 1, 1, 2, 1, 2, 1, 2, 1, 1, 1, 1, 2, 1, 1, 2, 2, 2]


NEWS = {
    "train": '"3","Wall St. Bears","Short-sellers, (Reuters) ""gas"""\n"4","A b","a b a"\n',
    "test": '"3","Wall Unknown","word a"\n"4","A b",""\n',
}


def test_sets_of_torchtext_0_8(put):
    root = put("ag_news_csv", {f"{part}.csv": text for part, text in NEWS.items()})
    for made in (
        text_classification.DATASETS["AG_NEWS"](root=root, ngrams=1, vocab=None),
        legacy.AG_NEWS(root=root),
        datasets.AG_NEWS(root=root, include_unk=True),
    ):
        train, test = made
        assert [(label, numbers.tolist()) for label, numbers in train] == [
            (2, [13, 12, 7, 8, 11, 6, 4, 10, 5, 9]), (3, [2, 3, 2, 3, 2]),
        ]  # fmt: skip
        assert [(label, numbers.tolist()) for label, numbers in test] == [(2, [13, 0, 0, 2]), (3, [2, 3])]
        assert train.get_labels() == {2, 3} and len(train.get_vocab()) == 14 and len(train) == 2
    train, _ = datasets.AG_NEWS(root=root, ngrams=2, vocab=None)
    assert train[1][1].tolist() == [2, 4, 2, 4, 2, 3, 5, 3, 5]
    assert text_classification.LABELS["AG_NEWS"][4] == "Sci/Tech"
    with pytest.raises(TypeError, match="not of type Vocab"):
        datasets.AG_NEWS(root=root, vocab=3)


def test_wrong_splits(put):
    with pytest.raises(TypeError, match=r"\('dev', 'test'\) of splits is not supported for dataset AG_NEWS"):
        datasets.AG_NEWS(split=("dev", "test"))
    with pytest.raises(ValueError, match="split must be"):
        datasets.AG_NEWS(split=3)


@pytest.mark.parametrize("name", ["BABI20", "CNNDM"])
def test_sets_that_are_lacking_raise(name):
    with pytest.raises(NotImplementedError, match=f"penlight does not have torchtext.datasets.{name}"):
        getattr(datasets, name)("folder")
