"""Small networks on Keras 3, each trained on a CPU within a minute: a CNN for images, a Transformer for texts.

The lesson doesn't need it: it wants Keras on JAX, 0.4 GB. The same code runs on torch or TensorFlow
where KERAS_BACKEND names that and it is installed, and on a GPU by the backend's wheel for it.
"""

import importlib.metadata
import importlib.util
import os
import re
from collections.abc import Iterable
from types import ModuleType
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from keras import Model

BACKEND = "KERAS_BACKEND"
BATCH = 20  # rows of a step
PADDING, UNKNOWN, MASK = range(3)  # numbers that no word has
FIRST = 3  # the number of the first word
MASKED = 0.2  # share of the words that pre-training hides
WIDTH, HEADS, BLOCKS = 32, 2, 2


def backend() -> str:
    """The library that Keras computes with: the one that KERAS_BACKEND names, or jax."""
    return os.environ.get(BACKEND, "jax")


def missing() -> str:
    """What the networks lack on this machine and how to get it, or nothing: then they can be trained."""
    for name in ("keras", backend()):
        if importlib.util.find_spec(name) is None:
            other = "" if name in ("keras", "jax") else f", which {BACKEND} names: install it, or unset that"
            return f"A network needs the package {name}{other or ': `make deep` installs Keras and JAX'}"
    return ""


def version() -> str:
    """Which Keras there is, and on which library."""
    return " on ".join(f"{name} {importlib.metadata.version(name)}" for name in ("keras", backend()))


def keras() -> ModuleType:
    """Keras, on its backend; imported with the first use, since that takes seconds."""
    os.environ.setdefault(BACKEND, "jax")
    import keras

    return keras


# Images


def scattered(images: np.ndarray, side: int, seed: int = 0) -> np.ndarray:
    """Each image (images, height, width) at a random place of an empty square with this side.

    >>> scattered(np.array([[[7, 9]]]), side=2, seed=0)
    array([[[0., 0.],
            [7., 9.]]])
    """
    random, (count, height, width) = np.random.default_rng(seed), images.shape
    squares = np.zeros((count, side, side))
    tops, lefts = (random.integers(side - size + 1, size=count) for size in (height, width))
    for square, image, top, left in zip(squares, images, tops, lefts, strict=True):
        square[top:top + height, left:left + width] = image
    return squares


def cnn(side: int = 12, classes: int = 10, seed: int = 0) -> "Model":
    """A network for square grey images: 24 and 40 filters of 3 × 3, each with pooling, and a score for each class."""
    keras().utils.set_random_seed(seed)
    layers = keras().layers
    return compiled(keras().Sequential([
        keras().Input((side, side, 1)),
        layers.Conv2D(24, 3, padding="same", activation="relu"),
        layers.MaxPooling2D(),
        layers.Conv2D(40, 3, padding="same", activation="relu"),
        layers.MaxPooling2D(),
        layers.Flatten(),
        layers.Dense(classes),
    ]))  # fmt: skip


def compiled(model: "Model", rate: float = 0.002) -> "Model":
    """A model of scores for classes, ready to be trained."""
    loss = keras().losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(keras().optimizers.Adam(rate), loss)
    return model


def trained(model: "Model", start: list[np.ndarray], X: np.ndarray, y: np.ndarray, steps: int, seed: int) -> "Model":
    """The model, trained anew from the weights `start`: so many steps, each with the next rows of a random order.

    To train one model again takes less time than to make another, which Keras would have to compile.
    """
    model.set_weights(start)
    for variable in model.optimizer.variables:
        if variable is not model.optimizer.learning_rate:
            variable.assign(np.zeros(variable.shape, variable.dtype))
    random, rounds = np.random.default_rng(seed), -(-steps * BATCH // len(X))
    rows = np.concatenate([random.permutation(len(X)) for _ in range(rounds)])[:steps * BATCH]
    model.fit(X[rows], y[rows], batch_size=BATCH, shuffle=False, verbose=0)
    return model


def accuracy(model: "Model", X: np.ndarray, y: np.ndarray) -> float:
    """The share of rows whose class has the highest score."""
    return float((model.predict(X, batch_size=len(X), verbose=0).argmax(axis=1) == y).mean())


# Texts


def split(text: str) -> list[str]:
    """The words of a text, in small letters, and its full stops.

    >>> split("Keep the lamp. Return the kite!")
    ['keep', 'the', 'lamp', '.', 'return', 'the', 'kite']
    """
    return re.findall(r"[a-z]+|\.", text.lower())


class Words(NamedTuple):
    """The words that a network knows, and how many of them a text may have."""

    known: tuple[str, ...]
    length: int

    @classmethod
    def of(cls, texts: Iterable[str]) -> "Words":
        """The words of these texts, by alphabet, and the length of the longest."""
        texts = [split(text) for text in texts]
        return cls(tuple(sorted({word for text in texts for word in text})), max(map(len, texts)))

    @property
    def size(self) -> int:
        """How many numbers there are: one a word, and three more."""
        return len(self.known) + FIRST

    def numbers(self, texts: Iterable[str]) -> np.ndarray:
        """Texts as rows of numbers: 3 and more for words, 1 for one that isn't known, 0 behind the last.

        >>> Words(("kite", "lamp"), 3).numbers(["kite lamp", "round kite"])
        array([[3, 4, 0],
               [1, 3, 0]])
        """
        number = {word: place for place, word in enumerate(self.known, FIRST)}
        rows = [[number.get(word, UNKNOWN) for word in split(text)[:self.length]] for text in texts]
        return np.array([row + [PADDING] * (self.length - len(row)) for row in rows])


def encoder(words: Words) -> "Model":
    """A Transformer: from the numbers of a text to a vector for each word, in which the others are considered."""
    layers, ops = keras().layers, keras().ops
    numbers = keras().Input((words.length,), dtype="int32")
    places = ops.cumsum(ops.ones_like(numbers), axis=1) - 1
    vectors = layers.Embedding(words.size, WIDTH)(numbers) + layers.Embedding(words.length, WIDTH)(places)
    for _ in range(BLOCKS):
        vectors = block(vectors, numbers != PADDING)
    return keras().Model(numbers, vectors)


def block(vectors: Any, real: Any) -> Any:
    """Each vector takes from those of the `real` words what it attends to; then two layers change each by itself."""
    layers = keras().layers
    attended = layers.MultiHeadAttention(HEADS, WIDTH // HEADS)(vectors, vectors, attention_mask=real[:, None, :])
    vectors = layers.LayerNormalization()(vectors + attended)
    changed = layers.Dense(WIDTH)(layers.Dense(2 * WIDTH, activation="relu")(vectors))
    return layers.LayerNormalization()(vectors + changed)


def classifier(words: Words, classes: int, seed: int = 0) -> "Model":
    """A Transformer, and a score for each class from the mean of its vectors."""
    keras().utils.set_random_seed(seed)
    ops, reading = keras().ops, encoder(words)
    real = ops.cast(reading.input != PADDING, "float32")[:, :, None]
    mean = ops.sum(reading.output * real, axis=1) / ops.sum(real, axis=1)
    return compiled(keras().Model(reading.input, keras().layers.Dense(classes)(mean)))


def pretrained(words: Words, texts: Iterable[str], steps: int, seed: int = 0) -> list[np.ndarray]:
    """The weights of an encoder that has learned, from texts without labels, to guess words that are hidden."""
    keras().utils.set_random_seed(seed)
    reading, random = encoder(words), np.random.default_rng(seed)
    model = compiled(keras().Model(reading.input, keras().layers.Dense(words.size)(reading.output)))
    numbers = words.numbers(texts)
    numbers = numbers[random.integers(len(numbers), size=steps * BATCH)]
    hidden = (random.random(numbers.shape) < MASKED) & (numbers != PADDING)
    model.fit(np.where(hidden, MASK, numbers), numbers, sample_weight=hidden.astype("float32"), batch_size=BATCH,
              shuffle=False, verbose=0)
    return reading.get_weights()


def beginning_with(encoder: list[np.ndarray], fresh: list[np.ndarray]) -> list[np.ndarray]:
    """The weights of a classifier: those of its encoder from pre-training, and its own for the classes."""
    return [*encoder, *fresh[len(encoder):]]
