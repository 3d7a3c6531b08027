"""The record of what humans said: it is only appended to, and all names and marks follow from it."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.db import models
from django.db.models import Q, QuerySet
from django.utils import timezone

from gallery.models.roster import Roster


class Topic(models.TextChoices):
    """What a word is about: of a face, of a person, of a photo, of an album."""

    NAME = "name", "whose face it is"
    REFUSAL = "refusal", "whose face it is not"
    SHOWS = "shows", "which emotion the face shows"
    DENIES = "denies", "which emotion the face does not show"
    REFERENCE = "reference", "whether somebody is known by the face"
    PART = "part", "with which faces of a group it is not one person's"
    MARK = "mark", "what the face is instead of somebody's"
    BOX = "box", "where the face is"
    KEPT = "kept", "whether the face stays that was not found again"
    CALLED = "called", "what the person is called"
    NOTE = "note", "which of several of a name it is"
    BORN = "born", "when the person was born"
    ABOUT = "about", "what is to be known of the person"
    ALIAS = "alias", "what else the person is called"
    COVER = "cover", "which face stands for the person"
    BROUGHT = "brought", "whether the person is known by an encoding from a file"
    HIDDEN = "hidden", "whether the person is left out of lists"
    FAVOURITE = "favourite", "whether the person comes first"
    CONSENT = "consent", "whether the person agrees to be recognised"
    MERGED = "merged", "who else the person is"
    APART = "apart", "who else the person is not"
    DELETED = "deleted", "that the person is to be forgotten"
    COLLAGE = "collage", "whether people may be several times on the photo"
    BINNED = "binned", "that the photo is in the bin"
    CAPTION = "caption", "what the photo shows"
    KEYWORD = "keyword", "a word by which the photo is found"
    TAKEN = "taken", "when the photo was taken"
    LIKED = "liked", "whether the photo is a favourite"
    ALBUM = "album", "where in an album the photo stands"
    TITLE = "title", "what the album is called"
    TEXT = "text", "what is to be known of the album"
    FRONT = "front", "which photo stands for the album"
    ORDER = "order", "how the album is ordered"
    SEARCH = "search", "by which search the album finds its photos"
    DROPPED = "dropped", "that the album is deleted"


OF_FACES = (
    Topic.NAME,
    Topic.REFUSAL,
    Topic.SHOWS,
    Topic.DENIES,
    Topic.REFERENCE,
    Topic.PART,
    Topic.MARK,
    Topic.BOX,
    Topic.KEPT,
)
OF_PEOPLE = (
    Topic.CALLED,
    Topic.NOTE,
    Topic.BORN,
    Topic.ABOUT,
    Topic.ALIAS,
    Topic.COVER,
    Topic.BROUGHT,
    Topic.HIDDEN,
    Topic.FAVOURITE,
    Topic.CONSENT,
    Topic.MERGED,
    Topic.APART,
    Topic.DELETED,
)
OF_PHOTOS = (
    Topic.COLLAGE,
    Topic.BINNED,
    Topic.CAPTION,
    Topic.KEYWORD,
    Topic.TAKEN,
    Topic.LIKED,
    Topic.ALBUM,
)
OF_ALBUMS = (
    Topic.TITLE,
    Topic.TEXT,
    Topic.FRONT,
    Topic.ORDER,
    Topic.SEARCH,
    Topic.DROPPED,
)
# These name a person by what they are about.
ABOUT_PEOPLE = (Topic.REFUSAL, Topic.APART)


class Did(models.TextChoices):
    """What somebody did, as the list of what was done says it."""

    NAME = "name", "said whose face it is"
    UNNAME = "unname", "took a name back"
    CONFIRM = "confirm", "said yes"
    REFUSE = "refuse", "said no"
    PORTRAIT = "portrait", "added a picture of somebody"
    BRING = "bring", "brought people in"
    MOVE = "move", "moved faces to somebody else"
    SPLIT = "split", "made somebody of their own of faces"
    TAKE_OUT = "take_out", "took faces out of a group"
    DIVIDE = "divide", "said that a group is several people"
    MERGE = "merge", "made one of several people"
    APART = "apart", "said that two people are two"
    NO_FACE = "no_face", "said that something is no face"
    STRANGER = "stranger", "said that somebody is a stranger"
    A_FACE = "a_face", "said that it is a face after all"
    DRAW = "draw", "drew a face"
    UNDRAW = "undraw", "took a drawn face away"
    BOX = "box", "said where a face is"
    KEEP = "keep", "kept faces that were not found again"
    LET_GO = "let_go", "let faces go that were not found again"
    RENAME = "rename", "renamed somebody"
    BIRTH = "birth", "said when somebody was born"
    ABOUT = "about", "said more of somebody"
    COVER = "cover", "chose which face stands for somebody"
    CONSENT = "consent", "said whether somebody agrees to be recognised"
    HIDE = "hide", "had people left out of lists"
    SHOW = "show", "had hidden people shown again"
    FAVOUR = "favour", "had people come first"
    UNFAVOUR = "unfavour", "had people come first no longer"
    DELETE_PERSON = "delete_person", "had somebody forgotten"
    KNOW = "know", "had somebody known by a face"
    FORGET = "forget", "had somebody known by a face no longer"
    EMOTION = "emotion", "said what a face shows"
    COLLAGE = "collage", "said that a photo shows people several times"
    CAPTION = "caption", "said what photos show"
    KEYWORD = "keyword", "put keywords to photos"
    UNKEYWORD = "unkeyword", "took keywords away from photos"
    DATE = "date", "said when photos were taken"
    SHIFT = "shift", "said by how much a camera's clock was wrong"
    UNDATE = "undate", "had photos dated by what they say themselves"
    LIKE = "like", "made photos favourites"
    UNLIKE = "unlike", "made photos favourites no longer"
    NEW_ALBUM = "new_album", "made an album"
    TELL_ALBUM = "tell_album", "said more of an album"
    ORDER_ALBUM = "order_album", "ordered an album"
    PUT_IN = "put_in", "put photos into an album"
    UPLOAD_IN = "upload_in", "uploaded photos into an album"
    PUT_OUT = "put_out", "took photos out of an album"
    DELETE_ALBUM = "delete_album", "deleted an album"
    DELETE_PHOTO = "delete_photo", "put photos into the bin"
    BRING_BACK = "bring_back", "brought photos back from the bin"
    ERASE = "erase", "had somebody erased"
    ERASED = "erased", "said something of somebody who was erased since"
    UPGRADE = "upgrade", "had said it before there was a record"
    UNDO = "undo", "took back what was done"


# What there is nothing to take back of, by itself.
NOT_UNDONE = (Did.BRING, Did.ERASE, Did.ERASED, Did.UPGRADE, Did.UNDO)


class ActionQuerySet(QuerySet["Action"]):
    def visible_to(self, user: AbstractBaseUser | AnonymousUser) -> ActionQuerySet:
        return self.filter(roster__in=Roster.objects.visible_to(user))

    def whole(self) -> ActionQuerySet:
        """Return what is told of: what was done in parts once."""
        return self.filter(whole=None)

    def undoable(self) -> ActionQuerySet:
        return self.whole().filter(is_undone=False).exclude(did__in=NOT_UNDONE)


class Action(models.Model):
    """What somebody did at once, to be undone at once: `count` faces, people or photos.

    It was about `person`, or about `album`, if one was meant.

    One that `undoes` another takes its words back, or gives them back where that is an undoing itself;
    `is_undone` says for what was done which of the two was last.

    What is done with many photos is said in parts. The first is the `whole` of the others: it counts the
    photos of all, is what people see and undo, and the others follow it.
    """

    roster = models.ForeignKey(Roster, on_delete=models.CASCADE, related_name="actions")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True)
    did = models.CharField(max_length=16)
    person = models.BigIntegerField(null=True)  # A number, as the person may be gone.
    album = models.BigIntegerField(null=True)
    count = models.PositiveIntegerField(default=1)
    undoes = models.ForeignKey(
        "self", on_delete=models.CASCADE, null=True, related_name="undone_by"
    )
    whole = models.ForeignKey("self", on_delete=models.CASCADE, null=True, related_name="parts")
    is_undone = models.BooleanField(default=False)
    said_at = models.DateTimeField(default=timezone.now)

    objects = ActionQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["roster", "-id"], name="action_newest_first")]
        constraints = [
            models.CheckConstraint(
                condition=Q(did=Did.UNDO, undoes__isnull=False)
                | ~Q(did=Did.UNDO) & Q(undoes__isnull=True),
                name="action_undoes_what_was_done",
            ),
        ]

    def __str__(self) -> str:
        return f"{Did(self.did).label}: {self.count}"

    @property
    def is_in_parts(self) -> bool:
        return self.whole_id is not None or self.parts.exists()


class WordQuerySet(QuerySet["Word"]):
    def counting(self) -> WordQuerySet:
        """Return those that were not undone, in the order in which they were said."""
        return self.filter(action__is_undone=False).order_by("pk")


class Word(models.Model):
    """What an action said of one face, person, photo or album; the last word about it is what counts.

    `subject` is the key of that face, person, photo or album, `about` tells words of a topic apart,
    `person` is whom it names. Without a person and a value it takes back what was said before. Keys are
    numbers: the record outlives what it speaks of.
    """

    action = models.ForeignKey(Action, on_delete=models.CASCADE, related_name="words")
    topic = models.CharField(max_length=10)
    subject = models.BigIntegerField()
    about = models.CharField(max_length=20, blank=True, default="")
    person = models.BigIntegerField(null=True)
    value = models.JSONField(null=True)
    said_at = models.DateTimeField(default=timezone.now)

    objects = WordQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["subject", "topic"], name="word_of_subject"),
            models.Index(
                fields=["person"], condition=Q(person__isnull=False), name="word_of_person"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.topic} of {self.subject}: {self.person or self.value}"
