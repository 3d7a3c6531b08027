"""What the site keeps: photos, their faces, the people in them, the work on them, and how it is wanted."""

from gallery.models.face import Face, Refusal
from gallery.models.job import AnalysisJob
from gallery.models.person import KnownEncoding, Person
from gallery.models.photo import Photo
from gallery.models.preferences import Preferences

__all__ = ["AnalysisJob", "Face", "KnownEncoding", "Person", "Photo", "Preferences", "Refusal"]
