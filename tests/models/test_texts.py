"""Texts for networks: what a text says is its label, counted words say nothing of it, and visits keep to a category."""

import numpy as np
import pytest

from dataml_lab.models.deep import Words, scattered, split
from dataml_lab.models.texts import KINDS, messages, names, visits
from dataml_lab.store import Store
from dataml_lab.store.world import NOUNS


@pytest.mark.parametrize("seed", range(3))
def test_the_label_of_a_message_is_what_it_says_is_returned(seed):
    for text, label in zip(*messages(100, seed), strict=True):
        returned = text.partition("return ")[2].partition(" from ")[0]
        kept = text.partition("keep ")[2].partition(" from ")[0]
        assert returned.endswith(NOUNS[KINDS[label]]) and kept.endswith(NOUNS[KINDS[1 - label]])


def test_no_word_and_no_order_of_the_parts_goes_with_a_label():
    texts, labels = messages(4_000)
    for word in {word for text in texts for word in split(text)}:
        has = np.array([word in split(text) for text in texts])
        assert has.all() or abs(labels[has].mean() - 0.5) < 0.1, word
    first = np.array([text.startswith("Please return") for text in texts])
    assert abs(first.mean() - 0.5) < 0.05 and abs(labels[first].mean() - 0.5) < 0.05


def test_a_visit_looks_at_products_of_one_category():
    category = {noun: name for name, nouns in NOUNS.items() for noun in nouns}
    found = visits(Store(users=60, days=40))
    assert found and all(len({category[thing.split(" ", 1)[1]] for thing in text.rstrip(".").split(". ")}) == 1
                         for text in found)


def test_a_name_ends_in_a_noun_of_its_category():
    texts, labels = names(range(1, 3))
    assert len(texts) == 400 and set(labels) == set(range(len(NOUNS)))
    for text, label in zip(texts, labels, strict=True):
        assert text.rstrip(".").endswith(list(NOUNS.values())[label])


def test_words_have_numbers_and_a_text_is_cut_and_filled_up():
    words = Words.of(["Keep the kite.", "Kite"])
    assert words == (("." , "keep", "kite", "the"), 4) and words.size == 7
    assert words.numbers(["the kite the kite kite", "a kite", ""]).tolist() == [[6, 5, 6, 5], [1, 5, 0, 0], [0] * 4]


def test_scattered_images_are_whole_and_lie_everywhere():
    images = np.arange(1, 5).reshape(1, 2, 2).repeat(200, axis=0)
    found = scattered(images, side=3)
    places = {tuple(np.argwhere(square)[0]) for square in found}
    assert places == {(0, 0), (0, 1), (1, 0), (1, 1)}
    assert all(square[square > 0].tolist() == [1, 2, 3, 4] for square in found)
