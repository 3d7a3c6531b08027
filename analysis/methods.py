"""Every method of every stage by its name. Nothing here loads a vision library, so any process may ask.

To add a method write one file and one line here; `docs/adding-a-detector.md` shows it. Emotion networks
need no line: each file of a network that a user puts into `models/` is a method by the file's name, each
network of the installation's own (`Weights.own`) by its folder's.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Self

from analysis import versions
from analysis.english import gettext_noop as _
from analysis.errors import UnknownMethod
from analysis.method import Method
from analysis.sentences import say
from analysis.weights import INSTALLED, Weights

KERAS_FILES = (".keras", ".h5", ".hdf5")


DETECTORS = {
    "yunet": Method(
        _("YuNet"),
        "analysis.detection.yunet:YuNet",
        ("yunet_any_size", "encoder"),
        carried="yunet-2023mar-verified",
        about=_("fast, finds small, masked and turned faces"),
    ),
    "yunet-thorough": Method(
        _("YuNet, looking harder"),
        "analysis.detection.yunet.thorough:ThoroughYuNet",
        ("yunet_any_size", "encoder"),
        carried="yunet-2023mar-thorough",
        about=_("finds some faces more, in seven times the time"),
    ),
    "hog": Method(
        _("dlib's HOG, photo doubled"),
        "analysis.detection.hog:Hog",
        carried="dlib-hog-1",
        options={"upsample": 1},
        about=_("face_recognition's boxes, faces from 40 px that look ahead"),
    ),
    "hog-0": Method(
        _("dlib's HOG"),
        "analysis.detection.hog:Hog",
        carried="dlib-hog-0",
        options={"upsample": 0},
        about=_("the same, faces from 80 px, four times faster"),
    ),
    "cnn": Method(
        _("dlib's CNN (MMOD) as ONNX"),
        "analysis.detection.cnn:Cnn",
        ("mmod",),
        carried="dlib-mmod",
        about=_("faces from 80 px, slow, hardly ever a false one"),
    ),
    "ssd": Method(
        _("OpenCV's SSD (Caffe)"),
        "analysis.detection.ssd:Ssd",
        ("ssd", "ssd_prototxt"),
        carried="opencv-ssd-res10",
        options={"name": "opencv-ssd-res10"},
        about=_("fast, for portraits and few faces"),
    ),
    "ssd-tf": Method(
        _("OpenCV's SSD (TensorFlow, 8 bits)"),
        "analysis.detection.ssd:Ssd",
        brought=("opencv_face_detector_uint8.pb", "opencv_face_detector.pbtxt"),
        carried="opencv-ssd-res10-uint8",
        options={"name": "opencv-ssd-res10-uint8"},
        about=_("the same network in its other form"),
    ),
    "haar": Method(
        _("Haar cascade (frontalface_alt2)"),
        "analysis.detection.haar:Haar",
        carried="opencv-haar-alt2",
        about=_("the classic, for upright faces that look ahead"),
    ),
}
LANDMARKS = {
    "dlib68": Method(
        _("dlib, 68 points"),
        "analysis.landmarks.dlib68:Landmarks68",
        ("landmarks68",),
        carried="dlib-68-agreed-2",
        about=_("brows, eyes, nose, mouth and jaw"),
    ),
    "dlib5": Method(
        _("dlib, 5 points"),
        "analysis.landmarks.dlib5:Landmarks5",
        carried="dlib-5",
        about=_("corners of the eyes and base of the nose, quicker"),
    ),
}
ENCODERS = {
    "joint": Method(
        _("dlib's ResNet and HSE-FaceRes"),
        "analysis.encoding.joint:JointEncoder",
        ("encoder", "faceres"),
        carried="onnx-2-or-4-views, faceres-1",
        about=_("tells people apart best, 11 ms a face more"),
    ),
    "onnx": Method(
        _("dlib's ResNet as ONNX, two to four views"),
        "analysis.encoding.onnx_resnet:OnnxEncoder",
        ("encoder",),
        carried="onnx-2-or-4-views",
        about=_("the first of these alone"),
    ),
    "onnx-single": Method(
        _("dlib's ResNet as ONNX, one view"),
        "analysis.encoding.onnx_resnet:SingleChipEncoder",
        ("encoder",),
        carried="onnx-single",
        about=_("face_recognition's numbers, four times faster"),
    ),
    "dlib": Method(
        _("dlib's ResNet"),
        "analysis.encoding.dlib_resnet:DlibEncoder",
        ("encoder_dlib",),
        carried="dlib",
        about=_("the same numbers by dlib itself, slow"),
    ),
    "dlib-jitter": Method(
        _("dlib's ResNet, ten jittered views"),
        "analysis.encoding.dlib_resnet:DlibEncoder",
        ("encoder_dlib",),
        carried="dlib-jitter10",
        options={"jitters": 10},
        about=_("face_recognition's num_jitters=10, very slow"),
    ),
}
AGE_GENDER = {
    "face-api": Method(
        _("face-api.js's age, dlib-models' gender"),
        "analysis.demographics.face_api:FaceApi",
        ("age_face_api", "gender"),
        carried="face-api-age-1, dlib-gender-v1-crisp-1",
        about=_("an age in years, most often near, and how far it may be off"),
        age_network="face-api-age-1",
    ),
    "onnx": Method(
        _("dlib-models"),
        "analysis.demographics.dlib_models:DlibModels",
        ("age", "gender"),
        carried="dlib-age-v1-corrected-1, dlib-gender-v1-crisp-1",
        about=_("an age in years and how far it may be off"),
    ),
    "caffe": Method(
        _("Levi and Hassner, 8 brackets"),
        "analysis.demographics.levi_hassner:LeviHassner",
        carried="levi-hassner-2015",
        brought=(
            *("age_deploy.prototxt", "age_net.caffemodel"),
            *("gender_deploy.prototxt", "gender_net.caffemodel"),
        ),
        about=_("one of eight ranges of age, to compare with older studies"),
    ),
}
EMOTIONS = {
    "residual": Method(
        _("Residual network, FER2013"),
        "analysis.emotion:EmotionNetwork",
        carried="",
        shipped="emotion/residual/emotion.onnx",
        about=_("seven expressions, right most often"),
    ),
    "mini-xception": Method(
        _("mini-XCEPTION, FER2013"),
        "analysis.emotion:EmotionNetwork",
        ("emotion",),
        carried=versions.of_emotion("mini-xception-fer2013"),
        # With this temperature the log loss on FER2013's PublicTest is the least, and the mean difference
        # between how sure it is and how right falls from 6.5 to 1.8 %.
        options={"name": "mini-xception-fer2013", "temperature": 1.34},
        author="Arriaga et al. in 2017",
        about=_("a little less right, four times faster"),
    ),
    "study": Method(
        _("The study's network, FER2013"),
        "analysis.emotion:EmotionNetwork",
        carried="",
        shipped="emotion/study/emotion.onnx",
        about=_("what the study's own recipe comes to"),
    ),
}
STAGES: Mapping[str, Mapping[str, Method]] = {
    "detector": DETECTORS,
    "landmarks": LANDMARKS,
    "encoder": ENCODERS,
    "age_gender": AGE_GENDER,
    "emotion": EMOTIONS,
}


# What a result says of each stage that it depends on, and the stage where its method is chosen.
CARRIED: Mapping[str, str] = {
    "detector": "detector",
    "landmarks": "landmarks",
    "alignment": "",
    "encoding": "encoder",
    "encoder": "",
    "age_gender": "age_gender",
    "emotion": "emotion",
}


@dataclass(frozen=True, slots=True)
class Choice:
    """A method for each stage, by name."""

    detector: str = "yunet"
    landmarks: str = "dlib68"
    encoder: str = "joint"
    age_gender: str = "face-api"
    emotion: str = "residual"

    @classmethod
    def of(cls, names: Mapping[str, str], weights: Weights = INSTALLED) -> Self:
        """Return a choice with `names` by stage and the defaults for the others; raises UnknownMethod."""
        return cls().but(names, weights)

    def but(self, names: Mapping[str, str], weights: Weights = INSTALLED) -> Self:
        """Return this choice with `names` by stage instead; raises UnknownMethod."""
        for stage, name in names.items():
            find(stage, name, weights)
        return replace(self, **names)

    def by_stage(self) -> dict[str, str]:
        return asdict(self)

    def methods(self, weights: Weights = INSTALLED) -> dict[str, Method]:
        """Return the method of each stage; raises UnknownMethod."""
        return {stage: find(stage, name, weights) for stage, name in asdict(self).items()}

    def carried(self, weights: Weights = INSTALLED) -> dict[str, str]:
        """Return what results that are made now say they are made by: `PhotoResult.methods`.

        Its keys are CARRIED, less that of a stage whose files are not there or cannot be read. The colours
        are not among them: what is done to those goes by the photo.
        """
        found = {stage: method.version(weights) for stage, method in self.methods(weights).items()}
        found["encoding"] = found.pop("encoder")
        found["alignment"] = versions.ALIGNMENT
        found["encoder"] = versions.ENCODER
        return {name: found[name] for name in CARRIED if found[name]}

    def check(self, weights: Weights) -> None:
        """Raise UnknownMethod or WeightsMissing where the choice cannot be loaded; opens no file."""
        for method in self.methods(weights).values():
            method.files(weights)


DEFAULT = Choice()
# What "look harder" chooses, whatever else is chosen.
HARDER = {"detector": "yunet-thorough"}


def find(stage: str, name: str, weights: Weights = INSTALLED) -> Method:
    """Return the method of `stage` called `name`; raises UnknownMethod naming those there are."""
    if stage not in STAGES:
        raise UnknownMethod(say("unknown_stage", stage=stage, stages=list(STAGES)))
    methods = methods_of(stage, weights)
    if name not in methods:
        raise UnknownMethod(say("unknown_method", stage=stage, name=name, methods=list(methods)))
    return methods[name]


def methods_of(stage: str, weights: Weights = INSTALLED) -> Mapping[str, Method]:
    """Return the methods of one of STAGES by name, those that a user's files make included."""
    ours = STAGES[stage]
    # No file of a user's takes the place of a method of ours.
    return {**ours, **(emotion_files(weights) if stage == "emotion" else {}), **ours}


def emotion_files(weights: Weights = INSTALLED) -> dict[str, Method]:
    """Return a method for each Keras or ONNX file beside the manifest and each network of one's own.

    Files that another method brings are not meant. Nothing is opened: whether a file holds a network
    with the seven outputs shows when it is loaded.
    """
    brought = {
        file for stage in STAGES.values() for method in stage.values() for file in method.brought
    }
    names = {path.name for path in weights.directory.glob("[!.]*") if path.is_file()} - brought
    names -= {f"{name}.onnx" for name in names}  # Made of those, and chosen by their names.
    kinds = {name: Path(name).suffix.lower() for name in sorted(names)}
    network = "analysis.emotion:EmotionNetwork"
    keras = {
        n: Method(n, network, keras=n, carried="")
        for n, kind in kinds.items()
        if kind in KERAS_FILES
    }
    onnx = {
        n: Method(n, network, brought=(n,), carried="")
        for n, kind in kinds.items()
        if kind == ".onnx"
    }
    own = {n: Method(n, network, own=n, carried="") for n in weights.own_networks()}
    return keras | onnx | own
