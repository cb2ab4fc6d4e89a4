# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 04d Networks
#
# The models of [04a](../04a_families/04a_families.ipynb) and [04b](../04b_overfitting/04b_overfitting.ipynb) take a row
# of features. An image is a grid of pixels, and a text is a sequence of words: what counts there is what lies next to
# what, and in which order. Neural networks are made for such inputs.
#
# **After this part you will be able to**
#
# - say what a neuron, a layer, a weight, gradient descent and an epoch are, with numbers;
# - train a network, and read its learning curve;
# - say what a convolution does with an image, and attention with a text;
# - write attention that doesn't look into the future;
# - say what a pre-trained network such as BERT or GPT is good for, and when a network is the wrong tool.
#
# **You need** parts [04a](../04a_families/04a_families.ipynb) and
# [04b](../04b_overfitting/04b_overfitting.ipynb).
#
# **Time:** about 75 minutes: 45 to read, 20 for the exercise, 10 for the sections with Keras. A good place for a break
# is before the exercise.

# %% tags=["nbval-ignore-output"]
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from sklearn.datasets import load_digits
from sklearn.ensemble import RandomForestClassifier
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import train_test_split
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from dataml_lab.models import deep, texts
from dataml_lab.store import Store

plt.style.use("dataml_lab.workbook")
needed = deep.missing()
print("Keras is here." if not needed else f"{needed}. The sections marked “Extra” are skipped without it.")

# %% [markdown]
# ## A neuron is a weighted sum, cut off at 0
#
# A *neuron* multiplies each of its inputs by a number, its *weight*, and adds the products and a constant, its *bias*.
# If the sum is negative, its output is 0; otherwise it is the sum. (This cut is called *ReLU*, rectified linear unit.)
#
# Here is one neuron with the weights 1.5 and −0.5 and the bias 0.25, for three deliveries.

# %%
deliveries = pd.DataFrame({"km": [2.0, 1.0, 0.0], "parcels": [3.0, 1.0, 4.0]})
deliveries["sum"] = 1.5 * deliveries["km"] - 0.5 * deliveries["parcels"] + 0.25
deliveries["output"] = np.maximum(deliveries["sum"], 0)
deliveries

# %% role="claim"
assert deliveries["sum"].tolist() == [1.75, 1.25, -1.75] and deliveries["output"].tolist() == [1.75, 1.25, 0]

# %% [markdown]
# The first delivery gives 1.5 · 2 − 0.5 · 3 + 0.25 = 1.75. The third one gives −1.75, which is cut off to 0.
#
# A *layer* is a group of neurons with the same inputs. The outputs of one layer are the inputs of the next. Without the
# cut, two layers would be no more than one: a weighted sum of weighted sums is a weighted sum.
#
# A network that says which of three classes an image belongs to ends in three neurons without the cut. Their outputs
# are *scores*. The *softmax* makes probabilities of scores: it takes the exponential of each, and divides by the sum of
# the exponentials.

# %%
scores = pd.DataFrame({"score": [2.0, 1.0, 0.0]}, index=["cat", "dog", "bird"])
scores["exponential"] = np.exp(scores["score"])
scores["probability"] = scores["exponential"] / scores["exponential"].sum()
scores.round(2)

# %% role="claim"
assert scores["probability"].round(2).tolist() == [0.67, 0.24, 0.09] and abs(scores["probability"].sum() - 1) < 1e-12
assert scores["exponential"].round(2).tolist() == [7.39, 2.72, 1.00]

# %% [markdown]
# 7.39 of 11.11 is 67%. The probabilities add up to 1, and the highest score gets the highest one.
#
# ## Gradient descent finds the weights
#
# Training looks for weights with a small *loss*, which is a number for how wrong the network is. Here is the smallest
# example: one weight $w$, and the prediction "minutes = $w$ · km". The loss is the mean squared error.
#
# The *gradient* says how fast the loss changes when $w$ grows a little. *Gradient descent* repeats one step: subtract
# from $w$ the gradient times the *learning rate*, a small number.

# %%
km, minutes = np.array([1.0, 2.0, 3.0]), np.array([3.0, 6.0, 9.0])


def descent(rate, steps):
    """The weight, the loss and the gradient before each step, from a weight of 0."""
    rows, w = [], 0.0
    for _ in range(steps):
        error = w * km - minutes
        rows.append({"w": w, "loss": np.mean(error**2), "gradient": np.mean(2 * error * km)})
        w = w - rate * rows[-1]["gradient"]
    return pd.DataFrame(rows).rename_axis("step")


descent(rate=0.05, steps=7).round(2)

# %% role="claim"
steps = descent(0.05, 7)
assert steps.loc[0].tolist() == [0, 42, -28] and np.isclose(steps.loc[1, "w"], 1.4)
assert abs(steps.loc[6, "w"] - 3) < 0.1 and steps["loss"].is_monotonic_decreasing
assert (abs(descent(0.25, 8)["w"] - 3).diff().dropna() > 0).all()

# %% [markdown]
# At $w$ = 0 the loss is 42 and the gradient −28: the loss falls when $w$ grows. The first step goes to
# 0 + 0.05 · 28 = 1.4. Each step comes closer to 3, the weight without an error.
#
# **Guess first:** what happens with a learning rate of 0.25?

# %%
descent(rate=0.25, steps=5).round(2)

# %% [markdown]
# Each step jumps across 3, and lands further away than before. So a learning rate has to be small, and too small a one
# takes many steps.
#
# A network has thousands of weights instead of one. Each has its own gradient, and all take their step at once. The
# gradients are found layer by layer, from the last back to the first (*backpropagation*); libraries do that.

# %% [markdown]
# ## A network for digits
#
# scikit-learn brings 1,797 images of handwritten digits, of 8 × 8 pixels each. A pixel is a number from 0 for white to
# 16 for black.

# %%
pictures, digits = load_digits(return_X_y=True)
known, asked, known_digits, asked_digits = train_test_split(pictures, digits, test_size=540, stratify=digits,
                                                            random_state=0)
print(f"{len(known):,} images to train on, {len(asked)} for validation")
print(pictures[4].reshape(8, 8).astype(int))

# %% [markdown]
# That is a 4. The network (of plain layers: a *multilayer perceptron*, MLP) gets its 64 numbers as a row. It has a layer of
# 32 neurons with 64 weights and a bias each, and then 10 neurons with 32 weights and a bias each, one for each digit:
# 32 · 65 + 10 · 33 = 2,410 numbers for training to find.
#
# A step doesn't take all images: it takes a *batch* of 200, which is faster and nearly as good. When every image has
# been used once, an *epoch* is over, here after 7 steps. `partial_fit` trains for one epoch.

# %%
def curve(known, asked, epochs):
    """The accuracy on the images of the training and of the validation after each of these epochs."""
    network = MLPClassifier((32,), learning_rate_init=0.002, random_state=0)
    rows = {}
    for epoch in range(1, epochs[-1] + 1):
        network.partial_fit(known, known_digits, classes=range(10))
        if epoch in epochs:
            rows[epoch] = {"training": network.score(known, known_digits),
                           "validation": network.score(asked, asked_digits)}
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("epoch")


learning = curve(known / 16, asked / 16, [*range(1, 16), *range(20, 81, 5)])
learning.loc[[1, 5, 10, 20, 40, 80]].round(1)

# %% [markdown]
# *Accuracy* is the share of images whose digit has the highest score. Guessing among ten digits has an accuracy of 0.1.

# %% role="figure" alt="Two lines: accuracy by epoch, on the training and on the validation. Both rise steeply from about 0.25 to 0.9 within 15 epochs. From epoch 40 on the training goes on rising to 0.99, and the validation stays near 0.975."
# The code of this figure.
figure, axes = plt.subplots(figsize=(8, 3.2))
for name, style in (("training", "-"), ("validation", "--")):
    axes.plot(learning[name], style, label=name)
axes.set(xlabel="epochs", ylabel="accuracy", ylim=(0, 1.03), title="After 40 epochs more training hardly helps")
axes.legend(loc="lower right")
plt.show()

# %% [markdown]
# **Read the figure.** Such a figure is called a *learning curve*. From epoch 40 on the validation (dashed) stays near 0.97,
# while the training goes on to 0.99. If the validation began to fall, the network would learn its images by heart, as
# the deep tree in part 04b does, and it would be time to stop.
#
# Is the network needed? A logistic regression on the same pixels is the baseline.

# %% tags=["nbval-ignore-output"]
baseline = make_pipeline(StandardScaler(), LogisticRegression(max_iter=300)).fit(known, known_digits)
print(f"logistic regression: {baseline.score(asked, asked_digits):.2f}")
print(f"network:             {learning['validation'].iloc[-1]:.2f}")

# %% role="claim"
network = MLPClassifier((32,)).partial_fit(known, known_digits, classes=range(10))
sizes = sum(numbers.size for numbers in (*network.coefs_, *network.intercepts_))
assert len(pictures) == 1_797 and sizes == 32 * 65 + 10 * 33 == 2_410 and -(-len(known) // 200) == 7
assert learning["validation"].loc[40:].between(0.955, 0.985).all() and round(learning["training"].iloc[-1], 2) == 0.99
assert learning["validation"][15] > 0.85 and abs(baseline.score(asked, asked_digits) - learning["validation"].iloc[-1]) < 0.01
assert 0.15 < learning["validation"].iloc[0] < 0.35 and learning["training"].iloc[-1] > learning["validation"].iloc[-1]

# %% [markdown]
# They differ by about 0.01, some five images of 540. On images as small and as tidy as these, the network buys next to
# nothing.
#
# ### Standardise what a network gets
#
# Suppose that one of the 64 pixels is reported in thousandths: its numbers go up to 16,000. Nothing is lost by that.
# **Guess first:** does the network mind?

# %% tags=["nbval-ignore-output"]
units = np.ones(64)
units[20] = 1_000
scaler = StandardScaler().fit(known * units)
forest = RandomForestClassifier(30, random_state=0)
reported = curve(known * units, asked * units, [30])["validation"][30]
standardised = curve(scaler.transform(known * units), scaler.transform(asked * units), [30])["validation"][30]
print(f"network, as reported:  {reported:.1f}")
print(f"network, standardised: {standardised:.2f}")
print(f"forest, as reported:   {forest.fit(known * units, known_digits).score(asked * units, asked_digits):.2f}")

# %% role="claim"
same = forest.predict(asked * units) == forest.fit(known, known_digits).predict(asked)
assert 0.6 < reported < 0.75 and standardised > 0.95 and same.mean() > 0.98

# %% [markdown]
# The network loses about a third of the digits: one learning rate can't suit weights of which one moves the sum a
# thousand times as far. A tree asks "more than 8,000?" where it asked "more than 8?", and doesn't mind.
#
# So standardise before a network, with numbers from the training alone.

# %% [markdown]
# ## Convolution: the same small filter everywhere
#
# The network above doesn't know which pixels are neighbours. A *convolution* does.
#
# It takes a *filter*, here a table of 3 × 3 weights, and puts it on each place of the image. At each place it multiplies the nine pixels by the nine weights,
# and adds.
#
# This filter has 2 in its middle column and −1 on both sides: it looks for a vertical stroke.

# %%
vertical = np.array([[-1, 2, -1], [-1, 2, -1], [-1, 2, -1]])
four = pictures[4].reshape(8, 8)
window = four[3:6, 4:7]
print(window.astype(int))
print("products added:", int((window * vertical).sum()))

# %% [markdown]
# `sliding_window_view` cuts out all windows of 3 × 3, of which there are 6 × 6. What is negative is cut off at 0, as in a
# neuron.

# %%
def convolve(image, weights):
    """What a filter of 3 × 3 gives at each place of an image."""
    windows = np.lib.stride_tricks.sliding_window_view(image, (3, 3))
    return np.maximum((windows * weights).sum(axis=(2, 3)), 0)


print(convolve(four, vertical).astype(int))

# %% role="claim"
assert convolve(four, vertical).shape == (6, 6)
assert convolve(four, vertical)[3, 4] == (window * vertical).sum() == 54

# %% role="figure" alt="Three small grey images side by side: the digit 4; what the filter for vertical strokes gives, dark along the two upright strokes of the 4; and what the filter for horizontal strokes gives, dark along the bar of the 4."
# The code of this figure.
figure, axes = plt.subplots(1, 3, figsize=(8, 3))
shown = {"the image, 8 × 8": four, "vertical strokes, 6 × 6": convolve(four, vertical),
         "horizontal strokes, 6 × 6": convolve(four, vertical.T)}
for place, (title, image) in zip(axes, shown.items()):
    place.imshow(image, cmap="Greys")
    place.set(title=title, xticks=[], yticks=[])
    place.grid(False)
figure.suptitle("A filter answers where it finds its pattern", x=0.01, ha="left", fontweight="bold")
plt.show()

# %% [markdown]
# **Read the figure.** In the middle, the filter for vertical strokes is dark where the upright strokes of the 4 are; on the
# right, the turned filter is dark where the 4 has its bar. The weights are the same everywhere, so that a stroke is found
# wherever it is.
#
# A *convolutional network* (CNN) begins with random filters, and gradient descent finds those that help. Between layers of
# filters it often keeps only the largest of each 2 × 2 results (*max pooling*), so that a filter of the next layer looks
# at a larger part of the image.
#
# ## Extra: digits that lie anywhere
#
# The digits above all lie in the middle. `scattered` puts each at a random place of an empty image of 12 × 12 pixels, so
# that a pixel alone says little. In a third set the pixels of these images are shuffled, in the same way in all images:
# neighbours are no longer neighbours.

# %%
shuffle = np.random.default_rng(0).permutation(144)


def sets(images, seed):
    """Three sets of images of 12 × 12, each as rows of 144 pixels from 0 to 1."""
    images = images.reshape(-1, 8, 8) / 16
    middle = np.pad(images, ((0, 0), (2, 2), (2, 2))).reshape(-1, 144)
    anywhere = deep.scattered(images, side=12, seed=seed).reshape(-1, 144)
    return {"in the middle": middle, "anywhere": anywhere, "anywhere, shuffled": anywhere[:, shuffle]}


train, validate = sets(known, seed=0), sets(asked, seed=1)

# %% role="figure" alt="Three images of 12 by 12 pixels with the same digit, a 4: in the middle, in a corner, and with shuffled pixels, which look like noise."
# The code of this figure.
figure, axes = plt.subplots(1, 3, figsize=(8, 3))
number = int(np.flatnonzero(known_digits == 4)[0])
for place, (name, rows) in zip(axes, train.items()):
    place.imshow(rows[number].reshape(12, 12), cmap="Greys")
    place.set(title=name, xticks=[], yticks=[])
    place.grid(False)
figure.suptitle("The same 4, three times", x=0.01, ha="left", fontweight="bold")
plt.show()

# %% [markdown]
# **Read the figure.** On the right nobody sees the 4, but the numbers are those of the image in the middle.
#
# The random forest of 04a gets the 144 pixels as columns. `deep.cnn` has 24 filters, pooling, 40 filters, pooling, and a
# score for each digit: 12,530 numbers. It is written for [Keras](https://keras.io/), a library for networks, and
# computes with [JAX](https://docs.jax.dev/).
#
# **Guess first:** which set is hard for which model?

# %% tags=["nbval-ignore-output"]
forests = {name: [RandomForestClassifier(50, random_state=seed).fit(train[name], known_digits)
                  .score(validate[name], asked_digits) for seed in range(3)] for name in train}
pd.DataFrame(forests).round(2)

# %% tags=["nbval-ignore-output"]
def cnn_accuracies(steps=600):
    """The accuracy of the CNN on each set, three times: from other weights, and with the images in another order."""
    network, found = deep.cnn(), {}
    for name in train:
        images, others = (rows[name].reshape(-1, 12, 12, 1) for rows in (train, validate))
        found[name] = []
        for seed in range(3):
            deep.trained(network, deep.cnn(seed=seed).get_weights(), images, known_digits, steps, seed)
            found[name].append(deep.accuracy(network, others, asked_digits))
        print(name, "is done")
    return found


if needed:
    print(f"Skipped. {needed}.")
else:
    cnns = cnn_accuracies()
    print(pd.DataFrame(cnns).round(2))

# %% role="figure" tags=["nbval-ignore-output"] alt="Three rows of marks, three trainings each. In the middle: forest and CNN are both near 0.98. Anywhere: the CNN is near 0.9 and the forest near 0.74. Anywhere, shuffled: the forest is still near 0.74 and the CNN near 0.6."
# The code of this figure.
figure, axes = plt.subplots(figsize=(8, 2.9))
for label, marker, found in (("forest", "o", forests), ("CNN", "s", {} if needed else cnns)):
    for height, name in enumerate(found):
        axes.plot(found[name], [-height] * 3, marker, color={"forest": "C0", "CNN": "C1"}[label], markersize=9, alpha=0.7,
                  label=None if height else label)
axes.set_yticks([0, -1, -2], list(train))
axes.set(xlabel="accuracy on the validation", xlim=(0.5, 1), ylim=(-2.5, 0.5),
         title="A CNN uses neighbours, and a forest doesn't know them")
axes.legend(loc="upper left")
axes.grid(axis="x")
plt.show()

# %% [markdown]
# **Read the figure.** Each mark is one training; the squares are there with Keras only. In the middle, forest and CNN
# are equally good, near 0.98. Anywhere, the CNN has about 0.9 and the forest 0.74.
#
# Shuffled, the forest has about 0.74 again: it never knew of neighbours. The CNN falls to about 0.6.
#
# It *assumes* that neighbours belong together, and that a stroke is a stroke anywhere. On the columns of a table, whose order means
# nothing, the assumption does harm.

# %% role="claim"
assert all(abs(np.mean(forests[name]) - right) < 0.02 for name, right in zip(train, (0.98, 0.74, 0.74)))
if not needed:
    assert deep.cnn().count_params() == 12_530
    assert all(abs(np.mean(cnns[name]) - right) < 0.05 for name, right in zip(train, (0.98, 0.9, 0.61)))
    assert max(cnns["anywhere, shuffled"]) < min(forests["anywhere, shuffled"])

# %% [markdown]
# ## Attention: each word looks at the others
#
# "Return kite, keep lamp" and "keep kite, return lamp" have the same words. What happens to the kite depends on the word
# before it. *Attention* lets each word look at the others and take over what they say.
#
# Each word has three short lists of numbers. Its *query* says what it looks for, its *key* says what it is found by, and
# its *value* is what others get from it. In a network, training finds them; here they are made by hand.
#
# The key is the place of the word as a direction: right, up, left, down. The query is 4 times the direction of the place
# before its own: each word looks for its predecessor. The value is 1 for "return", −1 for "keep", and else 0.

# %%
sentence = ["return", "kite", "keep", "lamp"]
keys = np.array([[1, 0], [0, 1], [-1, 0], [0, -1]])
queries = 4 * np.roll(keys, 1, axis=0)
says = {"return": 1, "keep": -1}
values = np.array([[says.get(word, 0)] for word in sentence])
pd.DataFrame({"query": queries.tolist(), "key": keys.tolist(), "value": values[:, 0]}, index=sentence)

# %% [markdown]
# The *score* of a word for another is the product of query and key: multiply number by number, and add. It is divided by
# the root of how many numbers a key has, here $\sqrt{2}$, so that scores don't grow with longer keys. For "kite" and
# "return" that is (4 · 1 + 0 · 0) / 1.41 = 2.83.

# %%
looked = queries @ keys.T / np.sqrt(2)
pd.DataFrame(looked, sentence, sentence).round(2) + 0

# %% [markdown]
# The softmax makes *weights* of the scores of each word, which add up to 1 in each row.

# %%
weights = np.exp(looked) / np.exp(looked).sum(axis=1, keepdims=True)
pd.DataFrame(weights, sentence, sentence).round(2)

# %% [markdown]
# What a word takes over is the sum of all values, each times its weight. For "kite" that is
# 0.89 · 1 + 0.05 · 0 + 0.00 · (−1) + 0.05 · 0 = 0.89.

# %%
swapped = np.array([[says.get(word, 0)] for word in ["keep", "kite", "return", "lamp"]])
pd.DataFrame({"return kite keep lamp": (weights @ values)[:, 0], "keep kite return lamp": (weights @ swapped)[:, 0]},
             ["first word", "kite", "third word", "lamp"]).round(2).loc[["kite", "lamp"]]

# %% role="claim"
assert round(looked[1, 0], 2) == 2.83 and weights.round(2)[1].tolist() == [0.89, 0.05, 0.0, 0.05]
assert np.allclose(weights.sum(axis=1), 1) and (weights @ values).round(2)[1, 0] == 0.89
assert (weights @ values).round(2)[3, 0] == -0.89 and (weights @ swapped).round(2)[[1, 3], 0].tolist() == [-0.89, 0.89]

# %% [markdown]
# "kite" gives 0.89 of its weight to "return" and takes over 0.89; "lamp" gives it to "keep" and takes over −0.89. (The
# first word looks at the last one, as it has none before it.)
#
# If "return" and "keep" change places, kite and lamp change what they get. The order counts because the keys say where a
# word stands.
#
# A *Transformer* is built from blocks. In a block, attention lets each word take over from the others, and then two
# layers of neurons change each word by itself. Queries, keys and values are weighted sums of the numbers of a word, and
# gradient descent finds the weights.

# %% [markdown] role="prompt" exercise="attend"
# ### Exercise: attention that doesn't look into the future ({{points}}, about 20 minutes)
#
# A customer has events, and a model is asked about the customer at several moments. A question may look only at the
# events that occurred before it. Write `attend(queries, keys, values, asked_at, occurred_at)`.
#
# First step: for the first question, `queries[0]`, select the keys and values of the events before `asked_at[0]`.
#
# | argument | is |
# |---|---|
# | `queries` | an array with a row of d numbers for each question; there is at least one |
# | `keys`, `values` | arrays with a row for each event: d numbers, and any number of numbers |
# | `asked_at`, `occurred_at` | an array with the time of each question, and of each event: hours with a fraction |
#
# | matter | what is asked for |
# |---|---|
# | returned | an array with a row for each question and the columns of `values`, right to 1e-9 |
# | score | the product of query and key, divided by the root of d |
# | weights of a question | the softmax of the scores of the events that occurred before it; they add up to 1 |
# | an event at the very moment | doesn't count, like everything later |
# | no event before a question | a row of zeros; there may be no events at all |
# | large scores | after the division up to 100,000 in size, of later events, too. `np.exp(800)` is infinite. The softmax stays the same if one number is subtracted from all scores |
# | events | in any order |
# | arguments | stay as they were |
# | size | 60 events, 40 questions, 5 seconds a call |
#
# {{properties}}

# %% role="answer" exercise="attend"
import numpy as np


def attend(queries, keys, values, asked_at, occurred_at):
    """For each question, the mean of the values of the events before it, weighted by attention."""
    ### BEGIN SOLUTION
    answers = np.zeros((len(queries), values.shape[1]))
    for number, query in enumerate(queries):
        past = occurred_at < asked_at[number]
        if past.any():
            scores = keys[past] @ query / np.sqrt(len(query))
            exponentials = np.exp(scores - scores.max())
            answers[number] = exponentials / exponentials.sum() @ values[past]
    return answers
    ### END SOLUTION


# %% [markdown]
# ## Extra: a Transformer reads what a bag of words can't
#
# Each of these messages names a piece of clothing and a toy. The label says which one comes back: 0 is the clothing, 1 the
# toy.

# %%
training, test = texts.messages(2_000, seed=0), texts.messages(1_000, seed=1)
for text, label in zip(training.texts[:4], training.labels):
    print(label, text)

# %% [markdown]
# A *bag of words* counts how often each word occurs, and forgets the order. A logistic regression on these counts is the
# classical model for texts. It can also count pairs and triples of neighbouring words.

# %%
for longest in (1, 3):
    bag = make_pipeline(CountVectorizer(ngram_range=(1, longest)), LogisticRegression(max_iter=500))
    score = bag.fit(training.texts, training.labels).score(test.texts, test.labels)
    print(f"words, up to {longest} together: {score:.1f}")

# %% role="claim"
assert abs(score - 0.5) < 0.05
single = make_pipeline(CountVectorizer(), LogisticRegression(max_iter=500)).fit(training.texts, training.labels)
assert abs(single.score(test.texts, test.labels) - 0.5) < 0.05

# %% [markdown]
# Both guess: 0.5 is chance. The words of a message are the same whichever of the two comes back, and the verb and
# its product are four words apart.
#
# The Transformer `deep.classifier` has two blocks, each with two attentions side by side, and 32 numbers for each word.
# These are some 20,000 weights.

# %% tags=["nbval-ignore-output"]
if needed:
    print(f"Skipped. {needed}.")
else:
    words = deep.Words.of(training.texts)
    reader = deep.classifier(words, classes=2)
    deep.trained(reader, reader.get_weights(), words.numbers(training.texts), training.labels, steps=500, seed=0)
    read = deep.accuracy(reader, words.numbers(test.texts), test.labels)
    print(f"Transformer: {read:.2f} with {reader.count_params():,} weights")

# %% role="claim"
assert needed or (read > 0.95 and 17_000 < reader.count_params() < 23_000)

# %% [markdown]
# The Transformer reads practically all messages, after 500 steps of gradient descent on 2,000 labelled ones.
#
# ## Extra: pre-training, or what unlabelled texts are good for
#
# Labels are expensive, texts are cheap. The Store has the category of a product written down by people, and a text for each
# visit costs nothing: the names of the products that the visit looked at.

# %%
visits = texts.visits(Store())
print(f"{len(visits):,} texts without labels, such as:", *visits[:3], sep="\n")

# %% [markdown]
# The task is to tell the category from a name: "Round kite." is a toy. There are 6 categories, and 30 nouns. A network
# that has seen labels for 15 of the nouns can't know the other 15.
#
# But the visits tell more. A visit looks at products of one category, so "kite" occurs beside "puzzle" and "doll", and
# never beside "kettle". *Pre-training* learns that without labels: a fifth of the words are hidden, and the
# Transformer guesses them from the others.
#
# *Fine-tuning* goes on from these weights, with the labels. Training *from scratch* begins with random weights.

# %%
named = texts.names(seeds=range(1, 11))
for text, label in zip(named.texts[::350], named.labels[::350]):
    print(label, text)

# %% tags=["nbval-ignore-output"]
words = deep.Words.of([*visits, *named.texts])
if needed:
    print(f"Skipped. {needed}.")
else:
    before = deep.pretrained(words, visits, steps=1_500)
    print(f"Pre-trained: {sum(weights.size for weights in before):,} weights")

# %% tags=["nbval-ignore-output"]
def both_ways(rows_of_labels, seeds):
    """The accuracy with so many labels, from scratch and pre-trained, for each seed."""
    numbers, network, found = words.numbers(named.texts), deep.classifier(words, classes=6), []
    others, other_labels = numbers[-1_000:], named.labels[-1_000:]
    for rows in rows_of_labels:
        for seed in seeds:
            chosen = np.random.default_rng(seed).permutation(len(numbers) - 1_000)[:rows]
            fresh = deep.classifier(words, classes=6, seed=seed).get_weights()
            for start, begin in {"from scratch": fresh, "pre-trained": deep.beginning_with(before, fresh)}.items():
                deep.trained(network, begin, numbers[chosen], named.labels[chosen], steps=100, seed=seed)
                found.append((rows, start, seed, deep.accuracy(network, others, other_labels)))
        print(f"{rows} labels are done")
    return pd.DataFrame(found, columns=["labels", "start", "seed", "accuracy"])


if needed:
    print(f"Skipped. {needed}.")
else:
    tuned = both_ways((20, 50, 200), range(5))
    print(tuned.groupby(["labels", "start"])["accuracy"].agg(["mean", "min", "max"]).round(2).to_string())

# %% role="figure" tags=["nbval-ignore-output"] alt="Accuracy on new products by the number of labels, five trainings each. From scratch it is near 0.55 with 20 labels, 0.85 with 50 and 1 with 200. Pre-trained it is near 0.88 with 20 labels, 0.98 with 50 and 1 with 200."
# The code of this figure.
if needed:
    print(f"Skipped. {needed}.")
else:
    figure, axes = plt.subplots(figsize=(8, 3.2))
    for (start, those), marker, aside in zip(tuned.groupby("start"), "os", (-0.06, 0.06)):
        place = those["labels"].map({20: 0, 50: 1, 200: 2}) + aside
        axes.plot(place, those["accuracy"], marker, alpha=0.6, label=start)
    axes.set_xticks(range(3), [20, 50, 200])
    axes.set(xlabel="labels", ylabel="accuracy on 1,000 other names", ylim=(0, 1.05),
             title="Pre-training replaces labels, until there are enough of them")
    axes.legend(loc="lower right")
    plt.show()

# %% [markdown]
# **Read the figure.** Without Keras it isn't drawn. Each mark is one of five trainings with other labels.
#
# From scratch (circles), 20 labels give an accuracy of about 0.53, and 50 about 0.85. After pre-training (squares) they give about 0.88
# and 0.98. With 200 labels both are near 1.
#
# From scratch, the network knows the nouns that it has seen a label for, and guesses the others. Pre-trained, it knows
# which nouns go together, and a label for one of them tells about the rest.

# %% role="claim"
assert len({text.rstrip(".").split(" ", 1)[1] for text in named.texts}) == 30 and set(named.labels) == set(range(6))
if not needed:
    mean = tuned.groupby(["labels", "start"])["accuracy"].mean().unstack()
    assert abs(mean.loc[20, "from scratch"] - 0.55) < 0.07 and abs(mean.loc[50, "from scratch"] - 0.85) < 0.07
    assert abs(mean.loc[20, "pre-trained"] - 0.88) < 0.07 and mean.loc[50, "pre-trained"] > 0.94
    assert mean.loc[200].min() > 0.97
    low = tuned[tuned["labels"] == 20]
    assert low[low["start"] == "pre-trained"]["accuracy"].min() > low[low["start"] == "from scratch"]["accuracy"].max()

# %% [markdown]
# **BERT** is such a network, pre-trained in this way on books and on Wikipedia, with 110 million weights in place of
# 20,000. One downloads it and fine-tunes it on a few hundred labels: to sort tickets, to find names, to compare texts.
#
# **GPT** is pre-trained to guess the *next* word. A word may look only at those before it, as a question in the exercise
# looks only at earlier events. So it can write: it guesses a word, appends it, and guesses the next one.
#
# **On a GPU** the code is the same. Everything here runs on the processor, offline. Keras computes with JAX unless `KERAS_BACKEND` names
# `torch` or `tensorflow`, which have to be installed; a GPU needs the wheel of that library that is built for it, for
# example `jax[cuda13]`.

# %% [markdown]
# ## When a network is the wrong tool
#
# | you have | take |
# |---|---|
# | a table of features, hundreds to millions of rows | gradient boosting, after a linear model as the baseline: see [04a](../04a_families/04a_families.ipynb) and the measured table in [04c](../04c_choosing/04c_choosing.ipynb) |
# | a decision that a person must be able to check | a small tree or a linear model: 04c |
# | short texts in which single words decide | a bag of words and a logistic regression |
# | images, sound, texts whose order decides; few labels | a pre-trained network, fine-tuned |
# | the same, and very many labels | a network of your own |
#
# A network needs more care: scaling, a learning rate, a time to stop. It is slower to train, and hard to read.

# %% [markdown]
# ## What to take along
#
# - A neuron is a weighted sum with a cut. A layer is many of them; gradient descent finds the weights step by step.
# - Too large a learning rate diverges. Columns in very different units make any learning rate the wrong one for some.
# - The learning curve of the validation says when to stop.
# - A convolution assumes that neighbours belong together, attention lets each word choose what it looks at. They win
#   where that is true.
# - What isn't known at the moment of the question gets no weight: mask before the softmax.
# - Pre-training makes few labels go further. Compare it with training from scratch, over several seeds.
#
# Ready to hand in? Save, then press *Validate* in the toolbar: it runs the notebook from the top.
#
# **Next:** [05a Splits](../05a_splits/05a_splits.ipynb) asks what a score is worth, and which rows to test on. The part before
# this one is [04c](../04c_choosing/04c_choosing.ipynb).
#
# **Read on.** Michael Nielsen, *Neural Networks and Deep Learning*, chapters 1 and 2. François Chollet, *Deep Learning
# with Python*. [Keras' guides](https://keras.io/guides/). scikit-learn on
# [neural networks](https://scikit-learn.org/stable/modules/neural_networks_supervised.html).
