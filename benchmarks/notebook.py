"""The sequence of the study's notebook, written as a notebook does it: one photo and one face at a time.

HOG and 68 landmarks, drawn; HOG with the photo doubled, encodings, distances to a roster; SSD; Haar and
the emotion network through Keras. The photo is read once, at full size, though the notebook reads it for
each of the four. Its age and gender networks are on no package index and are left out. Loading and
importing are not counted.
"""

from __future__ import annotations

import resource
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from analysis.training import runtime
from analysis.weights import Weights
from benchmarks.photos import SAMPLES
from benchmarks.timing import Stopwatch

ROSTER = ("obama.jpg", "biden.jpg", "grace_hopper.jpg", "astronaut.jpg")


@dataclass(slots=True)
class Spent:
    """What a run over some photos took: seconds by stage, faces found, peak memory in bytes."""

    seconds: dict[str, float] = field(default_factory=dict)
    faces: int = 0
    memory: int = 0


def measure(paths: Sequence[Path]) -> Spent:
    """Run the notebook's cells over the photos; call it in a process of its own."""
    runtime.load()
    cells = Cells(Weights())
    watch = Stopwatch()
    faces = sum(cells.run(path, watch) for path in paths)
    return Spent(watch.seconds, faces, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024)


class Cells:
    """The loaded networks and what the notebook's cells do with a photo."""

    def __init__(self, weights: Weights) -> None:
        import cv2
        import cv2.data
        import dlib
        import face_recognition
        import keras
        import numpy as np

        self._hog = dlib.get_frontal_face_detector()
        self._points = dlib.shape_predictor(str(weights.path("landmarks68")))
        ssd, description = weights.path("ssd"), weights.path("ssd_prototxt")
        self._ssd = cv2.dnn.readNetFromCaffe(str(description), str(ssd))
        self._haar = cv2.CascadeClassifier(
            cv2.data.haarcascades + "haarcascade_frontalface_alt2.xml"
        )
        self._emotion = keras.models.load_model(weights.path("emotion_keras"), compile=False)
        # The first call builds the graph, which counts as loading.
        self._emotion.predict(np.zeros((1, 64, 64, 1)), verbose=0)
        known = [face_recognition.load_image_file(SAMPLES / name) for name in ROSTER]
        self._roster = [face_recognition.face_encodings(image)[0] for image in known]

    def run(self, path: Path, watch: Stopwatch) -> int:
        """Run all cells over a photo; return the number of faces that were encoded."""
        import cv2

        with watch.time("reading"):
            image: Any = cv2.imread(str(path))
        self._draw_landmarks(image.copy(), watch)
        faces = self._recognise(image, watch)
        self._detect_by_ssd(image.copy(), watch)
        self._tell_emotions(image.copy(), watch)
        return faces

    def _draw_landmarks(self, image: Any, watch: Stopwatch) -> None:
        import cv2

        rgb = cv2.cvtColor(image, cv2.COLOR_BGR2RGB)
        with watch.time("detection"):
            faces = self._hog(rgb, 0)
        with watch.time("landmarks"):
            for face in faces:
                for point in self._points(rgb, face).parts():
                    cv2.circle(image, (point.x, point.y), 3, (0, 255, 0), -1)

    def _recognise(self, image: Any, watch: Stopwatch) -> int:
        import cv2
        import face_recognition

        rgb = cv2.cvtColor(image, cv2.COLOR_BGR2RGB)
        with watch.time("detection"):
            boxes = face_recognition.face_locations(rgb, number_of_times_to_upsample=1)
        with watch.time("encodings and distances"):
            encodings = face_recognition.face_encodings(rgb, boxes)
            for encoding in encodings:
                face_recognition.face_distance(self._roster, encoding)
        return len(encodings)

    def _detect_by_ssd(self, image: Any, watch: Stopwatch) -> None:
        import cv2

        with watch.time("detection"):
            small = cv2.resize(image, (300, 300))
            blob = cv2.dnn.blobFromImage(small, 1.0, (300, 300), (104.0, 177.0, 123.0))
            self._ssd.setInput(blob)
            found = self._ssd.forward()
            height, width = image.shape[:2]
            for i in range(found.shape[2]):
                if found[0, 0, i, 2] > 0.5:
                    left, top, right, bottom = found[0, 0, i, 3:7] * [width, height, width, height]
                    corners = (int(left), int(top)), (int(right), int(bottom))
                    cv2.rectangle(image, *corners, (0, 255, 0), 2)

    def _tell_emotions(self, image: Any, watch: Stopwatch) -> None:
        import cv2

        grey = cv2.cvtColor(image, cv2.COLOR_BGR2GRAY)
        with watch.time("detection"):
            faces = self._haar.detectMultiScale(grey, 1.3, 5)
        with watch.time("emotion"):
            for left, top, width, height in faces:
                face = cv2.resize(grey[top : top + height, left : left + width], (64, 64))
                self._emotion.predict((face / 127.5 - 1.0).reshape(1, 64, 64, 1), verbose=0)
