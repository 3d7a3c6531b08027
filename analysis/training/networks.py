"""The networks that are trained here, in Keras."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
from keras import layers

from analysis.results import EMOTIONS
from analysis.training.dataset import SIDE

# Channels and blocks of each stage of the residual network; each but the first halves the side. ONNX
# Runtime computes sixteen channels at once, and maps of 3 x 3 at half the speed of larger ones.
STEM = 16
STAGES = ((32, 1), (48, 2), (128, 2))


def study() -> keras.Model:
    """Return the plain convolutional network of the study (Arriaga et al., 2017), 642,935 parameters."""
    stack: list[keras.layers.Layer] = [keras.Input((SIDE, SIDE, 1))]
    for filters, size in ((16, 7), (32, 5), (64, 3), (128, 3)):
        stack += [
            layers.Conv2D(filters, size, padding="same"),
            layers.BatchNormalization(),
            layers.Conv2D(filters, size, padding="same"),
            layers.BatchNormalization(),
            layers.Activation("relu"),
            layers.AveragePooling2D(2, padding="same"),
            layers.Dropout(0.5),
        ]
    stack += [
        layers.Conv2D(256, 3, padding="same"),
        layers.BatchNormalization(),
        layers.Conv2D(len(EMOTIONS), 3, padding="same"),
        # Averages and shares in float32, whatever the convolutions compute in.
        layers.GlobalAveragePooling2D(dtype="float32"),
        layers.Activation("softmax", dtype="float32"),
    ]
    return keras.Sequential(stack, name="study")


def residual() -> keras.Model:
    """Return a small residual network (He et al., 2015, arXiv:1512.03385), 600,983 parameters.

    Mirrored it takes 1.4 ms a face on one core; squeeze-and-excitation would take a fifth more.
    """
    image = keras.Input((SIDE, SIDE, 1))
    features = _convolved(image, STEM, size=5)
    features = layers.MaxPooling2D(2)(layers.Activation("relu")(features))
    for stage, (channels, blocks) in enumerate(STAGES):
        for block in range(blocks):
            features = _block(features, channels, stride=2 if stage and not block else 1)
    features = layers.GlobalAveragePooling2D(dtype="float32")(features)
    features = layers.Dropout(0.3, dtype="float32")(features)
    shares = layers.Dense(len(EMOTIONS), activation="softmax", dtype="float32")(features)
    return keras.Model(image, shares, name="residual")


def _block(features: Any, channels: int, stride: int) -> Any:
    """Return `features` plus what two convolutions make of them."""
    change = layers.Activation("relu")(_convolved(features, channels, stride=stride))
    change = _convolved(change, channels)
    if stride > 1:
        features = layers.AveragePooling2D(stride)(features)
    if features.shape[-1] != channels:
        features = _convolved(features, channels, size=1)
    return layers.Activation("relu")(layers.Add()([features, change]))


def _convolved(features: Any, channels: int, size: int = 3, stride: int = 1) -> Any:
    convolution = layers.Conv2D(
        channels,
        size,
        strides=stride,
        padding="same",
        use_bias=False,
        kernel_initializer="he_normal",
    )
    return layers.BatchNormalization()(convolution(features))


def mirrored(network: keras.Model) -> keras.Model:
    """Return a network that answers with the mean of `network`'s shares for a face and its mirror image.

    A matrix turns the image round, because Keras's .h5 form holds layers and no other operation.
    """
    height, width, _ = network.input_shape[1:]
    image = keras.Input((height, width, 1))
    turn = layers.Dense(width, use_bias=False, trainable=False, name="mirror")
    turned = layers.Reshape((height, width, 1))(turn(layers.Reshape((height, width))(image)))
    turn.set_weights([np.eye(width, dtype=np.float32)[::-1]])
    shares = layers.Average()([network(image), network(turned)])
    return keras.Model(image, shares, name=f"{network.name}_mirrored")
