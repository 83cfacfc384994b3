"""A tiny Whisper: the log-Mel spectrogram, a training step, the cache, greedy and beam decoding, language detection."""

import torch
import whisper
from report import show, train
from whisper.decoding import DecodingOptions
from whisper.model import ModelDimensions, Whisper

torch.manual_seed(0)
audio = torch.sin(torch.arange(16000 * 3) * 0.05) * torch.linspace(0, 1, 16000 * 3)
mel = whisper.log_mel_spectrogram(whisper.pad_or_trim(audio))
show("mel", mel)
model = Whisper(ModelDimensions(80, 1500, 32, 2, 1, 51865, 64, 32, 2, 2))
model.decoder.positional_embedding.data.normal_()
ids = torch.randint(0, 50000, (1, 9))
features = mel[None]
show("logits", model(features, ids)[0, -1, ::500])
optimizer = torch.optim.AdamW(model.parameters(), 1e-3)
loss = lambda: torch.nn.functional.cross_entropy(model(features, ids[:, :-1]).flatten(0, 1), ids[:, 1:].flatten())
train(model, loss, 2, optimizer)
model.eval()
languages, probabilities = model.detect_language(mel)
show("language", languages, max(probabilities, key=probabilities.get), max(probabilities.values()))
for name, options in {
    "greedy": {}, "beam": {"beam_size": 3}, "patience": {"beam_size": 2, "patience": 2.0, "length_penalty": 0.6},
    "sampled": {"temperature": 1.0, "best_of": 2}, "text": {"without_timestamps": True, "suppress_tokens": ""},
}.items():  # fmt: skip
    torch.manual_seed(1)
    result = whisper.decode(model, mel, DecodingOptions(language="en", fp16=False, sample_len=12, **options))
    show(name, result.tokens, result.avg_logprob, result.no_speech_prob, result.compression_ratio)
with torch.no_grad():
    cache, hooks = model.install_kv_cache_hooks()
    encoded = model.embed_audio(features)
    steps = [model.decoder(ids[:, i : i + 1], encoded, kv_cache=cache) for i in range(4)]
    for hook in hooks:
        hook.remove()
    show("cached", torch.cat(steps, 1)[..., :100], len(cache))
