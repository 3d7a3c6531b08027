"""What the site keeps: photos, their faces, the people in them, and the work on them."""

from gallery.models.face import Face, Refusal
from gallery.models.job import AnalysisJob
from gallery.models.person import KnownEncoding, Person
from gallery.models.photo import Photo

__all__ = ["AnalysisJob", "Face", "KnownEncoding", "Person", "Photo", "Refusal"]
