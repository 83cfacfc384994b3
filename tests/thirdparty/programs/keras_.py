"""Keras 3 on its torch backend: layers, fit, evaluate, predict, functional models, a training loop by hand, saving."""

import os
import tempfile

os.environ["KERAS_BACKEND"] = "torch"
import keras
import numpy as np
import torch
from report import show

keras.utils.set_random_seed(0)
generator = np.random.default_rng(0)
x, y = generator.normal(size=(64, 12, 12, 1)).astype("float32"), generator.integers(0, 3, 64)
model = keras.Sequential([
    keras.Input((12, 12, 1)), keras.layers.Conv2D(4, 3, activation="relu"), keras.layers.BatchNormalization(),
    keras.layers.MaxPooling2D(), keras.layers.SeparableConv2D(6, 3, padding="same"), keras.layers.GlobalAveragePooling2D(),
    keras.layers.Dropout(0.2), keras.layers.Dense(3, activation="softmax"),
])  # fmt: skip
model.summary()
model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
history = model.fit(x, y, batch_size=16, epochs=2, verbose=0, validation_split=0.25, shuffle=False)
for name, values in history.history.items():
    show(name, *map(float, values))
show("evaluated", *map(float, model.evaluate(x, y, verbose=0)))
show("predicted", torch.from_numpy(model.predict(x, verbose=0)))
tokens = keras.Input((10,), dtype="int32")
h = keras.layers.Embedding(20, 8, mask_zero=False)(tokens)
h = keras.layers.Bidirectional(keras.layers.LSTM(6, return_sequences=True))(h)
h = keras.layers.Add()([h, keras.layers.MultiHeadAttention(2, 6)(h, h)])
h = keras.layers.GRU(5)(keras.layers.LayerNormalization()(h))
text = keras.Model(tokens, [keras.layers.Dense(1, name="a")(h), keras.layers.Dense(4, activation="gelu", name="b")(h)])
ids = generator.integers(0, 20, (32, 10))
text.compile(keras.optimizers.RMSprop(1e-2, clipnorm=1.0), {"a": "mse", "b": keras.losses.Huber()})
result = text.fit(
    ids, {"a": ids.mean(1, keepdims=True), "b": ids[:, :4] / 20.0}, epochs=2, batch_size=8, verbose=0, shuffle=False
)
show("text", *map(float, result.history["loss"]))
torch.manual_seed(0)
optimizer = torch.optim.AdamW(text.parameters(), 1e-3)
for _ in range(2):
    optimizer.zero_grad()
    loss = text(torch.from_numpy(ids))[0].square().mean()
    loss.backward()
    optimizer.step()
    show("by hand", loss)
with tempfile.TemporaryDirectory() as folder:
    model.save(os.path.join(folder, "m.keras"))
    again = keras.models.load_model(os.path.join(folder, "m.keras"))
show("again", torch.from_numpy(again.predict(x[:4], verbose=0)))
for op in ("softmax", "logsumexp", "cumsum", "sort", "argsort", "median", "var", "nonzero", "diff"):
    value = getattr(keras.ops, op)(keras.ops.convert_to_tensor(x[0, :, :, 0]))
    show(op, *(value if isinstance(value, tuple) else [value]))
show(
    "conv",
    keras.ops.conv(x[:2], np.ones((3, 3, 1, 2), "float32"), padding="same"),
    keras.ops.image.resize(x[:1], (7, 9)),
)
show(
    "random",
    keras.random.normal((3,), seed=1),
    keras.random.uniform((3,), seed=2),
    keras.random.categorical(np.zeros((1, 4)), 5, seed=3),
)
