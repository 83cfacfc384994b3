"""The notes' chapter on sequence-to-sequence modelling with nn.Transformer: what its listing says, and its one block.

The chapter lists the classes with their arguments; the block turns a text into columns of word numbers. Real PyTorch
gives the same values for the layers; torchtext's `Field` is gone from PyPI's releases since 0.12, so the block's
expectations follow from the text itself.
"""

from pathlib import Path

import pytest
from pytest import approx

import penlight as torch
import penlight.text as torchtext
from penlight import nn
from penlight.text.data.utils import get_tokenizer

DATA = Path(__file__).resolve().parents[1] / "text" / "data"
device = torch.device("cuda" if torch.cuda.is_available() else "cpu")


@pytest.fixture
def text():
    """(TEXT, train_txt, val_txt, test_txt) with the vocabulary of the first."""
    TEXT = torchtext.data.Field(
        tokenize=get_tokenizer("basic_english"), init_token="<sos>", eos_token="<eos>", lower=True
    )
    train_txt, val_txt, test_txt = torchtext.datasets.WikiText2.splits(TEXT, root=str(DATA))
    TEXT.build_vocab(train_txt)
    return TEXT, train_txt, val_txt, test_txt


def batchify(TEXT, data, bsz):
    data = TEXT.numericalize([data.examples[0].text])
    nbatch = data.size(0) // bsz
    data = data.narrow(0, 0, nbatch * bsz)
    data = data.view(bsz, -1).t().contiguous()
    return data.to(device)


def test_text_becomes_columns(text):
    TEXT, train_txt, val_txt, test_txt = text
    train_data, val_data, test_data = (
        batchify(TEXT, train_txt, 20),
        batchify(TEXT, val_txt, 10),
        batchify(TEXT, test_txt, 10),
    )
    for data, source, columns in ((train_data, train_txt, 20), (val_data, val_txt, 10), (test_data, test_txt, 10)):
        words = source.examples[0].text
        rows = len(words) // columns
        assert data.shape == (rows, columns) and data.is_contiguous() and data.dtype is torch.int64
        for column in (0, columns - 1):
            wanted = [TEXT.vocab.stoi[word] for word in words[column * rows : (column + 1) * rows]]
            assert data[:, column].tolist() == wanted
    assert TEXT.vocab.itos[:4] == ["<unk>", "<pad>", "<sos>", "<eos>"]


def fingerprint(t):
    return (t.flatten() * torch.arange(1, t.numel() + 1).sin()).sum().item()


def test_transformer():
    torch.manual_seed(0)
    model = nn.Transformer(
        d_model=16, nhead=4, num_encoder_layers=2, num_decoder_layers=2, dim_feedforward=32, dropout=0.1,
        activation="relu", custom_encoder=None, custom_decoder=None,
    )  # fmt: skip
    src, tgt = torch.rand(5, 2, 16), torch.rand(4, 2, 16)
    out = model(src, tgt, tgt_mask=model.generate_square_subsequent_mask(4))
    assert out.shape == (4, 2, 16) and fingerprint(out) == approx(-11.21981, rel=1e-4)
    assert len(model.encoder.layers) == len(model.decoder.layers) == 2


def test_encoder_of_layers():
    torch.manual_seed(0)
    layer = nn.TransformerEncoderLayer(16, 4, dim_feedforward=32, dropout=0.1, activation="relu")
    encoder = nn.TransformerEncoder(layer, 3, norm=nn.LayerNorm(16))
    src = torch.rand(5, 2, 16)
    padding = torch.tensor([[False] * 5, [False, False, False, True, True]])
    out = encoder(src, mask=nn.Transformer.generate_square_subsequent_mask(5) < 0, src_key_padding_mask=padding)
    assert fingerprint(out) == approx(-2.068169, rel=1e-4)


def test_decoder_of_layers():
    torch.manual_seed(0)
    layer = nn.TransformerDecoderLayer(16, 4, dim_feedforward=32, dropout=0.1, activation="gelu")
    decoder = nn.TransformerDecoder(layer, 2, norm=None)
    tgt, memory = torch.rand(4, 2, 16), torch.rand(5, 2, 16)
    out = decoder(
        tgt, memory, tgt_mask=nn.Transformer.generate_square_subsequent_mask(4) < 0, memory_mask=None,
        tgt_key_padding_mask=torch.tensor([[False] * 4, [False, False, False, True]]), memory_key_padding_mask=None,
    )  # fmt: skip
    assert fingerprint(out) == approx(1.72666, rel=1e-4)


def test_attention_with_several_heads():
    torch.manual_seed(0)
    out, weights = nn.MultiheadAttention(16, 4)(*torch.rand(3, 5, 2, 16))
    assert fingerprint(out) == approx(-1.27226, rel=1e-4) and weights.sum(2).tolist() == [approx([1.0] * 5)] * 2
