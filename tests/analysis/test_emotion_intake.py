"""A network from a stranger is taken in as the site will use it, or refused before anything of it runs."""

from __future__ import annotations

import json
import pickle
import shutil
import subprocess
import sys
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import onnx
import pytest
from onnx import ModelProto, NodeProto, TensorProto, helper, numpy_helper

from analysis.emotion import EmotionNetwork
from analysis.training import intake, models, onnx_files
from analysis.training.keras_files import ModelRefused
from gallery.services.weights import ROOT, SAMPLES
from tests.analysis.keras_networks import FACTS, RAN, TAKEN, keras_networks
from tests.analysis.test_emotion import BIASES, SLOPES, network

# One process asks about many files, each as the command would.
TAKE = """
import json, sys
from pathlib import Path
from analysis.errors import AnalysisError
from analysis.training import intake

intake.limit(intake.MEMORY)
said = {}
for source in map(Path, sys.argv[2:]):
    target = Path(sys.argv[1])
    try:
        intake.take(source, target, [])
    except AnalysisError as refusal:
        said[source.name] = str(intake.unnamed(refusal.sentence, source, target))
said["loaded"] = sorted({"tensorflow", "keras"} & {*sys.modules})
print(json.dumps(said))
"""


class Payload:
    """What runs if its pickle is read."""

    def __init__(self, marker: Path) -> None:
        self._marker = marker

    def __reduce__(self) -> tuple[Callable[..., Any], tuple[Any, ...]]:
        return Path.touch, (self._marker,)


def changed(source: Path, target: Path, change: Callable[[ModelProto], object]) -> Path:
    model = onnx.load(source)
    change(model)
    target.write_bytes(model.SerializeToString())
    return target


def external(tensor: TensorProto) -> None:
    """Have a tensor's bytes lie in the file beside."""
    tensor.ClearField("raw_data")
    tensor.data_location = TensorProto.EXTERNAL
    tensor.external_data.add(key="location", value="weights.bin")


def branch(*nodes: NodeProto, tensors: tuple[TensorProto, ...] = ()) -> NodeProto:
    """Return a node that holds others in a graph of its own."""
    graph = helper.make_graph(nodes, "branch", [], [], list(tensors))
    return helper.make_node("If", ["faces"], ["answer"], then_branch=graph, else_branch=graph)


def greedy(model: ModelProto) -> None:
    """Have 3 GB of zeros made on the way to the answer."""
    model.graph.initializer.append(numpy_helper.from_array(np.array([3 * 2**28]), "many"))
    model.graph.node[-1].output[:] = ["shares"]
    model.graph.node.extend(
        [
            helper.make_node("ConstantOfShape", ["many"], ["zeros"]),
            helper.make_node("ReduceMax", ["zeros"], ["zero"], keepdims=0),
            helper.make_node("Add", ["shares", "zero"], ["answer"]),
        ]
    )


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder, brought = tmp_path_factory.mktemp("brought"), keras_networks(tmp_path_factory)
    for name in ("shares.keras", "logits.h5", "lambda.keras"):
        shutil.copy(brought / name, folder)
    (folder / RAN).symlink_to(brought / RAN)
    good = network(folder / "good.onnx", softmax=False)
    network(folder / "five.onnx", outputs=5)
    (folder / "weights.bin").write_bytes(bytes(28))
    changed(good, folder / "outside.onnx", lambda model: external(model.graph.initializer[0]))
    foreign = helper.make_node("Run", ["faces"], ["answer"], domain="shop")
    changed(good, folder / "foreign.onnx", lambda model: model.graph.node.append(foreign))
    changed(good, folder / "greedy.onnx", greedy)
    (folder / "poem.onnx").write_text("I am a poem, and no network.\n" * 9)
    (folder / "pickle.h5").write_bytes(pickle.dumps(Payload(folder / RAN)))
    with h5py.File(folder / "large.h5", "w") as file:
        file.attrs["model_config"] = "{}"
        file.create_dataset("kernel", shape=(2**29,), dtype=np.float32, chunks=(2**16,))
    return folder


def take(source: Path, target: Path) -> tuple[int, str, str]:
    """Run the command as the site does; return status, output and errors."""
    command = [sys.executable, "-m", "analysis.training.intake", f"{source}", f"{target}"]
    command.append(f"{SAMPLES / 'obama.jpg'}")
    done = subprocess.run(
        command, cwd=ROOT, stdin=subprocess.DEVNULL, capture_output=True, text=True
    )
    return done.returncode, done.stdout, done.stderr


@pytest.mark.parametrize(
    ("name", "takes", "logits", "parameters"),
    [
        ("shares.keras", ([48, 40], 1), False, 4 * 9 + 4 * 7),  # Biases of nothing fall away.
        ("good.onnx", ([48, 40], 1), True, 14),
    ],
)
def test_a_good_network_is_taken_in_and_described(
    folder: Path,
    tmp_path: Path,
    name: str,
    takes: tuple[list[int], int],
    logits: bool,
    parameters: int,
) -> None:
    target = tmp_path / "emotion.onnx"
    status, output, errors = take(folder / name, target)

    assert status == 0, errors
    [line] = output.splitlines()
    facts = json.loads(line)
    assert (facts["side"], facts["channels"]) == takes
    assert facts["logits"] == logits
    assert facts["parameters"] == parameters
    assert_described(facts, target)
    if name.endswith(".onnx"):
        assert (facts["difference"], target.read_bytes()) == (None, (folder / name).read_bytes())
    else:
        assert 0 <= facts["difference"] <= 1e-5
    assert list(tmp_path.iterdir()) == [target]


def test_a_network_of_the_older_form_that_gives_logits_is_taken_in_with_a_softmax(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    brought = keras_networks(tmp_path_factory)
    facts = json.loads((brought / FACTS).read_text())

    assert (facts["side"], facts["channels"]) == ([32, 32], 3)
    assert not facts["logits"]
    assert facts["parameters"] == 4 * 27 + 4 * 7
    assert 0 <= facts["difference"] <= 1e-5
    assert_described(facts, brought / TAKEN)
    assert not list(brought.glob("*.partial"))


def assert_described(facts: dict[str, Any], target: Path) -> None:
    content = target.read_bytes()
    assert (facts["bytes"], facts["sha256"]) == (len(content), sha256(content).hexdigest())
    assert 0 < facts["milliseconds"] < 100
    EmotionNetwork(target)


REFUSED = {
    "outside.onnx": "This file keeps its weights in another file.",
    "foreign.onnx": "This file uses Run of shop: only the operators of ONNX and of ONNX Runtime "
    "are accepted.",
    "poem.onnx": "This file is no ONNX network.",
    "five.onnx": "This file gives (5,) for a face, not (7,). Choose another one.",
    "greedy.onnx": "This file cannot be run. Choose another one.",
    "pickle.onnx": "This file is no ONNX network.",
    "mine.txt": "This file is none of .keras, .h5, .hdf5 and .onnx.",
}


def test_hostile_files_are_refused_in_a_sentence(folder: Path, tmp_path: Path) -> None:
    shutil.copy(folder / "pickle.h5", folder / "pickle.onnx")
    shutil.copy(folder / "poem.onnx", folder / "mine.txt")
    arguments = [
        "-c",
        TAKE,
        f"{tmp_path / 'emotion.onnx'}",
        *(f"{folder / name}" for name in REFUSED),
    ]
    done = subprocess.run([sys.executable, *arguments], cwd=ROOT, capture_output=True, text=True)

    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == REFUSED | {"loaded": []}
    assert not list(tmp_path.iterdir())
    assert not (folder / RAN).exists()


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("greedy.onnx", "This file cannot be run. Choose another one."),
        ("pickle.h5", "This file is no Keras network with its description."),
        ("large.h5", "This file claims 2048 MB of weights."),
        ("lambda.keras", "This file uses Lambda: only plain layers are accepted, and no code of "),
    ],
)
def test_the_last_line_of_the_errors_is_for_the_person(
    folder: Path, tmp_path: Path, name: str, why: str
) -> None:
    status, output, errors = take(folder / name, tmp_path / "emotion.onnx")
    assert (status, output) == (1, "")
    assert errors.splitlines()[-1].startswith(why)
    assert not list(tmp_path.iterdir())
    assert not (folder / RAN).exists()


def test_a_fault_of_ours_is_told_from_a_refusal(folder: Path, tmp_path: Path) -> None:
    status, _, errors = take(folder / "good.onnx", tmp_path / "none" / "emotion.onnx")
    assert (status, errors.splitlines()[-1]) == (
        intake.UNFORESEEN,
        "This file could not be checked: FileNotFoundError.",
    )
    assert not list(tmp_path.iterdir())


RUN = helper.make_node("Run", ["faces"], ["answer"], domain="shop")
OUTSIDE = TensorProto(name="kernel", data_type=TensorProto.FLOAT, dims=[7])
external(OUTSIDE)
CONSTANT = helper.make_node("Constant", [], ["kernel"], value=OUTSIDE)


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (lambda model: model.graph.node.append(branch(branch(RUN))), "uses Run of shop"),
        (
            lambda model: model.functions.add(name="f", domain="ai.onnx").node.append(RUN),
            "uses Run of shop",
        ),
        (lambda model: model.graph.node.append(CONSTANT), "in another file"),
        (lambda model: model.graph.node.append(branch(CONSTANT)), "in another file"),
        (
            lambda model: model.graph.node.append(branch(tensors=(OUTSIDE,))),
            "in another file",
        ),
        (
            lambda model: model.functions.add(name="f", domain="ai.onnx").node.append(CONSTANT),
            "in another file",
        ),
        (
            lambda model: model.graph.sparse_initializer.add().values.CopyFrom(OUTSIDE),
            "in another file",
        ),
        (
            lambda model: model.training_info.add().algorithm.initializer.append(OUTSIDE),
            "in another file",
        ),
        (lambda model: model.graph.initializer[0].dims.append(10**6), "claims more weights"),
        (lambda model: model.graph.initializer[0].dims.append(-1), "claims more weights"),
        (lambda model: model.graph.ClearField("node"), "is no ONNX network"),
        # Bytes 4 to 8: ONNX Runtime would read another format.
        (lambda model: setattr(model, "producer_name", "ORTM"), "is no ONNX network"),
    ],
)
def test_nothing_is_overlooked_wherever_it_stands(
    tmp_path: Path, change: Callable[[ModelProto], object], why: str
) -> None:
    good = network(tmp_path / "good.onnx")
    assert onnx_files.parameters(onnx_files.read(good)) == 14
    with pytest.raises(ModelRefused, match=why):
        onnx_files.read(changed(good, tmp_path / "changed.onnx", change))


def test_a_large_file_is_refused_unread(tmp_path: Path) -> None:
    with (tmp_path / "large.onnx").open("wb") as file:
        file.truncate(100 * 2**20 + 1)
    with pytest.raises(ModelRefused, match=r"large\.onnx has more than 100 MB"):
        onnx_files.read(tmp_path / "large.onnx")


@pytest.mark.parametrize("shape", [("n", 48, 40, 3), (1, 1, 300, 300)])
def test_an_evaluation_takes_what_the_site_takes(
    tmp_path: Path, shape: tuple[int | str, ...]
) -> None:
    file = network(tmp_path / "mine.onnx", shape, softmax=False)
    greys = np.arange(0, 250, 50, dtype=np.uint8)
    shares = models.load(file).shares(np.repeat(greys, 48 * 48).reshape(-1, 48, 48))
    powers = np.exp(np.outer(greys / 127.5 - 1, SLOPES) + BIASES)
    np.testing.assert_allclose(shares, powers / powers.sum(axis=1, keepdims=True), atol=1e-4)


def test_an_evaluation_follows_no_network_into_other_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """ONNX Runtime 1.31 does, from bytes too, below the current directory."""
    good = network(tmp_path / "good.onnx", ("n", 48, 48, 1))
    assert models.load(good)
    (tmp_path / "weights.bin").write_bytes(bytes(28))
    outside = changed(
        good, tmp_path / "outside.onnx", lambda model: external(model.graph.initializer[0])
    )
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ModelRefused, match="keeps its weights in another file"):
        models.load(outside)
