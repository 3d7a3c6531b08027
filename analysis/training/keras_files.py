"""Loads a Keras file that a stranger may have made, once its description names nothing but plain layers.

Keras's safe mode refuses pickled functions, yet a description can name any function that Keras has, and its
`utils` fetch files. So the description is read first, as JSON, and only known layers pass. A description
may still ask for more memory than its file has: load strangers' files in a process of limited memory.
"""

from __future__ import annotations

import io
import json
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import h5py

from analysis.errors import AnalysisError
from analysis.sentences import Sentence, say
from analysis.training import runtime

MOST_BYTES = 100 * 2**20
MOST_DESCRIPTION = 2 * 2**20
# No layer of a network for small crops is wider.
MOST_OF_A_NUMBER = 65_536
# Numbers that stand for something and measure nothing.
NAMED = ("seed", "shared_object_id")
MEMBERS = {"config.json", "metadata.json", "model.weights.h5"}

LAYERS = {
    "Activation",
    "ActivityRegularization",
    "Add",
    "AlphaDropout",
    "Average",
    "AveragePooling2D",
    "BatchNormalization",
    "Concatenate",
    "Conv2D",
    "Cropping2D",
    "Dense",
    "DepthwiseConv2D",
    "Dropout",
    "ELU",
    "Flatten",
    "Functional",
    "GaussianDropout",
    "GaussianNoise",
    "GlobalAveragePooling2D",
    "GlobalMaxPooling2D",
    "GroupNormalization",
    "InputLayer",
    "LayerNormalization",
    "LeakyReLU",
    "MaxPooling2D",
    "Maximum",
    "Minimum",
    "Model",
    "Multiply",
    "Normalization",
    "PReLU",
    "Permute",
    "ReLU",
    "Rescaling",
    "Reshape",
    "Resizing",
    "SeparableConv2D",
    "Sequential",
    "Softmax",
    "SpatialDropout2D",
    "Subtract",
    "UnitNormalization",
    "UpSampling2D",
    "ZeroPadding2D",
}
HELPERS = {
    "Constant",
    "GlorotNormal",
    "GlorotUniform",
    "HeNormal",
    "HeUniform",
    "Identity",
    "LecunNormal",
    "LecunUniform",
    "Ones",
    "Orthogonal",
    "RandomNormal",
    "RandomUniform",
    "TruncatedNormal",
    "VarianceScaling",
    "Zeros",
    "L1",
    "L1L2",
    "L2",
    "MaxNorm",
    "MinMaxNorm",
    "NonNeg",
    "UnitNorm",
    "DTypePolicy",
    "__keras_tensor__",
}
MODULES = {
    None,
    "keras",
    "keras.constraints",
    "keras.initializers",
    "keras.layers",
    "keras.models",
    "keras.regularizers",
    "keras.src.models.functional",
    "keras.src.models.sequential",
}

# What a file raises that is no network. A description nested without end is a RecursionError, which is a
# RuntimeError; a whole number of hundreds of digits becomes an OverflowError.
BROKEN = (
    OSError, ValueError, KeyError, RuntimeError, OverflowError, zipfile.BadZipFile, zlib.error,
)  # fmt: skip


class ModelRefused(AnalysisError):
    """The file is no network that can be used here."""


def load(path: Path) -> Any:
    """Return the Keras model in `path` (.keras, .h5 or .hdf5); raises ModelRefused.

    Nothing of the file is run, and no class made that it names, before its description has passed.
    """
    check(path)
    runtime.load()
    import keras

    try:
        return keras.models.load_model(path, compile=False, safe_mode=True)
    # Keras raises what it likes over a file that fits its description badly.
    except Exception as error:
        raise ModelRefused(say("keras_unreadable", file=path.name, reason=f"{error}")) from error


def check(path: Path) -> None:
    """Raise ModelRefused unless the file is small and describes nothing but known layers."""
    if path.stat().st_size > MOST_BYTES:
        raise ModelRefused(say("network_large", file=path.name, limit=MOST_BYTES >> 20))
    try:
        text = _of_zip(path) if path.suffix.lower() == ".keras" else _of_hdf5(path, path.name)
        _check_description(json.loads(text), path.name)
    except BROKEN as error:
        raise ModelRefused(say("keras_undescribed", file=path.name)) from error


def _of_zip(path: Path) -> str | bytes:
    with zipfile.ZipFile(path) as archive:
        sizes = {member.filename: member.file_size for member in archive.infolist()}
        # Counted too: a zip file may hold a name twice, and readers differ in which of them they take.
        if not sizes.keys() <= MEMBERS or len(archive.infolist()) > len(MEMBERS):
            raise ModelRefused(say("keras_with_more", file=path.name, names=", ".join(sizes)))
        if sizes["config.json"] > MOST_DESCRIPTION or sizes["model.weights.h5"] > MOST_BYTES:
            raise ModelRefused(say("keras_of_many_weights", file=path.name, limit=MOST_BYTES >> 20))
        _check_hdf5(io.BytesIO(archive.read("model.weights.h5")), path.name)
        return archive.read("config.json")


def _of_hdf5(path: Path, name: str) -> str | bytes:
    _check_hdf5(path, name)
    with h5py.File(path, "r") as file:
        text = file.attrs["model_config"]
    if not isinstance(text, str | bytes) or len(text) > MOST_DESCRIPTION:
        raise ModelRefused(say("keras_told_at_length", file=name))
    return text


def _check_hdf5(source: Path | io.BytesIO, name: str) -> None:
    """Raise ModelRefused where weights lie in other files or claim too much memory."""
    claimed = 0

    def complaint(at: str, link: object) -> Sentence | None:
        nonlocal claimed
        if not isinstance(link, h5py.HardLink):
            return say("keras_leads_outside", file=name, place=at)
        found = file[at]
        if isinstance(found, h5py.Dataset):
            if found.external or found.is_virtual:
                return say("keras_weights_outside", file=name, place=at)
            claimed += (found.size or 0) * found.dtype.itemsize  # None: a dataset without a space
        return None

    with h5py.File(source, "r") as file:
        # Ends at the first answer. An error raised in there would come out as another.
        found = file.visititems_links(complaint)
    if found:
        raise ModelRefused(found)
    if claimed > MOST_BYTES:
        raise ModelRefused(say("keras_claims", file=name, size=int(claimed) >> 20))


def _check_description(description: Any, name: str) -> None:
    for key, value in _entries(description):
        if key == "class_name" and value not in LAYERS | HELPERS:
            raise ModelRefused(say("keras_layer", file=name, layer=str(value)[:60]))
        if key in ("module", "registered_name", "function_type") and not (
            value in MODULES or (key == "registered_name" and value in LAYERS | HELPERS)
        ):
            raise ModelRefused(say("keras_code", file=name, module=str(value)[:60]))
        if isinstance(value, int | float) and key not in NAMED and abs(value) > MOST_OF_A_NUMBER:
            raise ModelRefused(say("keras_number", file=name, name=key, number=f"{value:g}"))


def _entries(node: Any, key: str = "") -> Iterator[tuple[str, Any]]:
    """Yield each plain value in a JSON document with the key that it stands under."""
    if isinstance(node, dict):
        for name, value in node.items():
            yield from _entries(value, str(name))
    elif isinstance(node, list):
        for value in node:
            yield from _entries(value, key)
    else:
        yield key, node
