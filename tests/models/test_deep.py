"""The networks on a handful of rows: they learn, and a seed gives the same again."""

import subprocess
import sys

import numpy as np
import pytest

from dataml_lab.models import deep
from dataml_lab.models.deep import Words, missing
from dataml_lab.models.texts import messages
from tests.conftest import needs

needs_deep = needs("deep")
TEXTS, LABELS = messages(40)
WORDS = Words.of(TEXTS)
BARS = np.stack([np.eye(4)[[row] * 4] for row in range(4)])  # 4 × 4 images: a vertical bar at one of four places


# With Keras


@needs_deep
def test_a_cnn_learns_bars_and_a_seed_gives_the_same_again():
    images, places = np.tile(BARS, (5, 1, 1))[..., None], np.tile(range(4), 5)
    network = deep.cnn(side=4, classes=4)
    start = [numbers.copy() for numbers in network.get_weights()]
    first = deep.trained(network, start, images, places, steps=60, seed=1).get_weights()
    assert deep.accuracy(network, images, places) == 1
    again = deep.trained(network, start, images, places, steps=60, seed=1).get_weights()
    assert all(np.array_equal(one, other) for one, other in zip(first, again, strict=True))
    assert all(np.array_equal(*pair) for pair in zip(start, deep.cnn(4, 4).get_weights(), strict=True))
    assert not np.array_equal(start[0], deep.cnn(4, 4, seed=1).get_weights()[0])


@needs_deep
def test_a_transformer_learns_messages_by_heart():
    numbers = WORDS.numbers(TEXTS)
    network = deep.classifier(WORDS, classes=2)
    deep.trained(network, network.get_weights(), numbers, LABELS, steps=150, seed=0)
    assert deep.accuracy(network, numbers, LABELS) > 0.9


@needs_deep
def test_places_behind_a_text_count_for_nothing():
    longer = WORDS._replace(length=WORDS.length + 3)
    one, other = (deep.classifier(words, classes=2) for words in (WORDS, longer))
    weights = [mine if mine.shape == theirs.shape else np.vstack([mine, theirs[len(mine):]])
               for mine, theirs in zip(one.get_weights(), other.get_weights(), strict=True)]
    other.set_weights(weights)
    text = ["return the kite"]
    found = [network.predict(words.numbers(text), verbose=0) for network, words in ((one, WORDS), (other, longer))]
    assert np.allclose(*found, atol=1e-5)


@needs_deep
def test_the_order_of_words_changes_the_scores():
    network = deep.classifier(WORDS, classes=2)
    one, other = network.predict(WORDS.numbers(["return kite keep shirt", "keep kite return shirt"]), verbose=0)
    assert not np.allclose(one, other)


@needs_deep
def test_pretraining_fits_the_encoder_of_a_classifier_and_guesses_better_than_before():
    before = deep.pretrained(WORDS, TEXTS, steps=1)
    after = deep.pretrained(WORDS, TEXTS, steps=20)
    network = deep.classifier(WORDS, classes=2)
    fresh = network.get_weights()
    network.set_weights(deep.beginning_with(after, fresh))
    assert len(after) == len(fresh) - 2 and not np.array_equal(before[0], after[0])
    assert all(np.array_equal(*pair) for pair in zip(network.get_weights()[:-2], after, strict=True))
    assert all(np.array_equal(*pair) for pair in zip(network.get_weights()[-2:], fresh[-2:], strict=True))


@needs_deep
def test_keras_computes_with_jax_unless_another_library_is_named():
    code = "from dataml_lab.models import deep; print(deep.keras().backend.backend())"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout.strip() == deep.backend()


@needs_deep
def test_its_version_names_both():
    assert deep.version().startswith("keras 3") and f" on {deep.backend()} " in deep.version()


# Without Keras


@pytest.mark.parametrize("lacking", ["keras", "jax"])
def test_what_is_missing_is_told_with_its_remedy(monkeypatch, lacking):
    monkeypatch.delenv("KERAS_BACKEND", raising=False)
    monkeypatch.setattr(deep.importlib.util, "find_spec", lambda name: None if name == lacking else object())
    assert missing() == f"A network needs the package {lacking}: `make deep` installs Keras and JAX"


def test_another_backend_that_is_named_is_looked_for(monkeypatch):
    monkeypatch.setenv("KERAS_BACKEND", "tensorflow")
    monkeypatch.setattr(deep.importlib.util, "find_spec", lambda name: None if name == "tensorflow" else object())
    assert missing() == "A network needs the package tensorflow, which KERAS_BACKEND names: install it, or unset that"
