"""What the site keeps: photos, their faces, the people in them, the work on them, and how it is wanted."""

from gallery.models.album import Album, AlbumPhoto, AlbumShare
from gallery.models.alike import Alike, Apart
from gallery.models.arrival import Arrival
from gallery.models.binned import BinnedPhoto
from gallery.models.emotion_word import EmotionWord
from gallery.models.erased import ErasedFace
from gallery.models.face import Face
from gallery.models.face_group import FaceGroup, GroupedFace
from gallery.models.group_portrait import GroupPortrait
from gallery.models.job import AnalysisJob
from gallery.models.keyword import PhotoKeyword
from gallery.models.locked import LockedVector
from gallery.models.nearest import KnownChange, Nearest
from gallery.models.network import Network, Recommendation
from gallery.models.person import KnownEncoding, Person, PersonAlias
from gallery.models.photo import Photo
from gallery.models.preferences import Preferences
from gallery.models.record import Action, Word
from gallery.models.refusal import Refusal
from gallery.models.roster import Roster
from gallery.models.roster_network import RosterNetwork
from gallery.models.selection import Selection
from gallery.models.source import ForgottenFile, SourceAlbum, SourceFile, SourceFolder
from gallery.models.switch import Switch
from gallery.models.task import Task

__all__ = [
    "Action",
    "Album",
    "AlbumPhoto",
    "AlbumShare",
    "Alike",
    "AnalysisJob",
    "Apart",
    "Arrival",
    "BinnedPhoto",
    "EmotionWord",
    "ErasedFace",
    "Face",
    "FaceGroup",
    "ForgottenFile",
    "GroupPortrait",
    "GroupedFace",
    "KnownChange",
    "KnownEncoding",
    "LockedVector",
    "Nearest",
    "Network",
    "Person",
    "PersonAlias",
    "Photo",
    "PhotoKeyword",
    "Preferences",
    "Recommendation",
    "Refusal",
    "Roster",
    "RosterNetwork",
    "Selection",
    "SourceAlbum",
    "SourceFile",
    "SourceFolder",
    "Switch",
    "Task",
    "Word",
]
