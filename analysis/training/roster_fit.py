"""Fits the network of a roster with Keras: dense, from encodings to people and strangers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from analysis.dense import Dense
from analysis.matching import Population
from analysis.results import Array
from analysis.training.made_faces import Known, MadeFaces

# Chosen on LFW, 2 to 486 people by one photo or three: twice the units, or other rates, were no better by
# more than chance; without the beginning by distances half of the people were told.
HIDDEN = 128
EPOCHS = 6
BATCH = 256
RATE = 5e-4
DECAY = 1e-4
# Made faces of each person, and as many strangers: fewer where there are many people.
EACH = (30, 1000)
FACES = 6000
# Encodings are scaled so that Keras' own beginnings and rates fit them.
SCALE = 10.0
# What hidden units say at first, against what distances do.
QUIET = 0.1
# Near this normalised distance limits lie: how the odds go with it is taken from there.
USUAL = 0.5


@dataclass(frozen=True, slots=True, eq=False)
class Fitted:
    """A network, and how Keras answers a sample: encodings (n, 128) and probabilities (n, people + 1)."""

    network: Dense
    sample: Array
    answers: Array


def fit(known: Known, population: Population, seed: int) -> Fitted:
    """Return a network of the known people; `runtime.start` has been called in this process."""
    import keras

    keras.utils.clear_session()
    keras.utils.set_random_seed(seed)
    made = MadeFaces(known, population, seed)
    each = max(EACH[0], min(EACH[1], FACES // known.people))
    faces, whose = made.of_people(each)
    strangers = made.strangers(len(faces))
    middle = population.centres.mean(axis=0)
    inputs = _scaled(np.concatenate([faces, strangers]), middle)
    labels = np.concatenate([whose, np.full(len(strangers), known.people)])
    network = _built(known, population, middle)
    steps = -(-len(inputs) // BATCH) * EPOCHS
    network.compile(
        keras.optimizers.AdamW(keras.optimizers.schedules.CosineDecay(RATE, steps), DECAY),
        keras.losses.SparseCategoricalCrossentropy(from_logits=True),
    )
    network.fit(inputs, labels, batch_size=BATCH, epochs=EPOCHS, verbose=0)
    sample = np.concatenate([known.vectors[:BATCH], strangers[:BATCH]])
    logits = np.asarray(network(_scaled(sample, middle)))
    return Fitted(_folded(network, middle), sample, np.asarray(keras.ops.softmax(logits)))


def _scaled(encodings: Array, middle: Array) -> Array:
    return np.asarray((encodings - middle) * SCALE, np.float32)


def _built(known: Known, population: Population, middle: Array) -> Any:
    """Return the network as it begins: by distances alone, as the calibration says what they mean.

    On a sphere the product of two encodings goes with their distance, so that one layer tells people by
    it. The hidden units learn where else strangers lie, and who is taken for whom.
    """
    import keras

    encodings = keras.Input((known.vectors.shape[1],))
    hidden = keras.layers.Dense(HIDDEN, activation="relu")(encodings)
    last = keras.layers.Dense(known.people + 1)
    network = keras.Model(encodings, last(keras.layers.Concatenate()([encodings, hidden])))
    weights, bias = last.get_weights()
    means = np.stack(
        [known.vectors[known.whose == one].mean(axis=0) for one in range(known.people)]
    )
    said = population.calibration
    # d² = 2 (length² - product), so the product changes by `USUAL` where the distance does by 1.
    steep = said.slope / USUAL
    even = (said.intercept - np.log(known.people)) / said.slope
    squares = (known.vectors**2).sum(axis=1).mean()
    inputs = known.vectors.shape[1]
    weights[:inputs, :-1] = steep * means.T / SCALE
    weights[:inputs, -1] = 0
    weights[inputs:] *= QUIET
    bias[:-1] = steep * (means @ middle - (squares - even**2 / 2))
    bias[-1] = 0
    last.set_weights([weights, bias])
    return network


def _folded(network: Any, middle: Array) -> Dense:
    """Return the network for encodings as they are: the scale and the middle go into its weights."""
    hidden_weights, hidden_bias, weights, bias = (
        values.astype(np.float64) for values in network.get_weights()
    )
    inputs = len(middle)
    hidden_weights *= SCALE
    weights[:inputs] *= SCALE
    numbers = (
        hidden_weights,
        hidden_bias - middle @ hidden_weights,
        weights,
        bias - middle @ weights[:inputs],
    )
    return Dense(*(values.astype(np.float32) for values in numbers))
