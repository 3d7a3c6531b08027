"""What can go wrong with one photo. Each error has a sentence meant for the person who uploaded it.

Those of networks, datasets and trainings are beside what raises them, in `convert` and `training`.
"""

from analysis.sentences import Sentence


class AnalysisError(Exception):
    """A fault of what was brought or of the installation: trying again cannot help.

    `code` names the kind to programs, `sentence` tells people exactly; `str()` is its English.
    """

    code = "error"

    def __init__(self, sentence: Sentence) -> None:
        super().__init__(sentence)  # Alone, so that the error can be pickled.
        self.sentence = sentence


class UnreadablePhoto(AnalysisError):
    """The bytes are not a photo that can be decoded."""

    code = "unreadable"


class PhotoTooLarge(AnalysisError):
    """The photo has more bytes or pixels than the limits allow; raised before it is decoded."""

    code = "too_large"


class WeightsMissing(AnalysisError):
    """A network's file is not there, or not the file that the manifest names."""

    code = "weights_missing"


class UnknownMethod(AnalysisError):
    """There is no method of that name; the message names those there are."""

    code = "unknown_method"


class UnusableNetwork(AnalysisError):
    """A file that a user put into `models/` is not a network that the method can run."""

    code = "unusable_network"
