"""What can go wrong with one photo. Each message is a sentence meant for the person who uploaded it."""

# Sizes in MB and megapixels. Pillow does not say how many pixels it refused.
TOO_LARGE = "This file has {size:.0f} MB; photos may have up to {limit:.0f} MB. Export it smaller."
TOO_MANY_PIXELS = (
    "This photo has more than {limit:g} megapixels, which is the limit. Export it smaller."
)


class AnalysisError(Exception):
    """A fault of the photo or of the installation: trying again cannot help."""

    code = "error"


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
