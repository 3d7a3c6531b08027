"""A photo and where its files lie."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping
from pathlib import Path

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.db import models
from django.db.models import Q, QuerySet
from django.db.models.expressions import RawSQL
from django.urls import reverse
from django.utils import timezone

from analysis.dates import Precision, Source
from analysis.limits import copy_factor
from analysis.shot import LONGEST, Place, Shot
from gallery.fields import SentenceField
from gallery.models import dated
from gallery.models.dated import Dated
from gallery.models.face_queries import Lost

# Of a photo whose colours were seen, but not converted, since it was analysed: the name of its profile.
UNCONVERTED = "unconverted"
SHOT = ("camera", "lens", "latitude", "longitude")


def folder_of(key: uuid.UUID) -> Path:
    """Return where the files of a photo with that key lie."""
    return Path(settings.MEDIA_ROOT) / "photos" / key.hex[:2] / key.hex


def crops_in(folder: Path, face: int) -> tuple[Path, Path]:
    """Return where the crops of a face with that key lie: for people, and for emotion networks."""
    return folder / "faces" / f"{face}.jpg", folder / "faces" / f"{face}.emotion.png"


class PhotoQuerySet(QuerySet["Photo"]):
    def visible_to(self, user: AbstractBaseUser | AnonymousUser) -> PhotoQuerySet:
        return self.filter(owner_id=user.pk)

    def made_otherwise(self, carried: Mapping[str, str]) -> PhotoQuerySet:
        """Return those whose results do not carry these names, or were made without a look at the colours.

        `carried` is what `Choice.carried` returns. Of a photo without a face only the detector counts.
        """
        names = {f"methods__{name}": value for name, value in carried.items()}
        seen = Photo.objects.filter(methods__has_key="colour")
        found = {name: value for name, value in names.items() if name == "methods__detector"}
        # No exclude() by a key: a row without the key would be neither in it nor out of it.
        same = Q(pk__in=seen.filter(**names).values("pk"))
        same |= Q(pk__in=seen.filter(faces=None, **found).values("pk"))
        return self.exclude(same)

    def of_unknown_colours(self) -> PhotoQuerySet:
        """Return those that were analysed before anybody looked at colours, and not looked at since."""
        return self.exclude(methods__has_any_keys=["colour", UNCONVERTED])

    def of_unknown_dates(self) -> PhotoQuerySet:
        """Return those in which nobody has looked for when, or how, they were taken."""
        by_hand = Q(taken_from=Source.HAND, read_from="")
        return self.filter(Q(taken_from="") | by_hand | Q(camera=None))

    def without_small(self) -> PhotoQuerySet:
        """Return those with a thumbnail of which nobody has made the small one yet."""
        return self.filter(has_small=False, width__isnull=False).exclude(methods={})

    def lying_at(self, owner: int, paths: Collection[str]) -> list[Photo]:
        """Return the owner's photos that are read in place at these whole paths, the newest first."""
        # SQLite takes that index only where its condition stands in the question, word by word, and else
        # goes through all of the owner's photos.
        is_in_place = RawSQL(
            "NOT (gallery_photo.lies_at = '')", (), output_field=models.BooleanField()
        )
        found = self.order_by().filter(is_in_place, lies_at__in=paths)
        return sorted((one for one in found if one.owner_id == owner), key=lambda one: -one.pk)

    def touch(self) -> int:
        """Mark the photos as changed, so that open pages fetch them again."""
        return self.update(changed_at=timezone.now())


class Photo(Dated):
    """One uploaded file. Width and height are those of the upright original, known once decoded.

    `turned` is by how many degrees, clockwise, it had to be turned until a face was found; `more_faces` how
    many more than before looking harder found, None unless that was how it was looked at last. On a collage
    the same people may be several times, on others each is once. The caption, and whether it is a
    favourite, follow from the record of words (`models.record`).

    By which `camera` it was taken is None while nobody has looked, and "" where the photo doesn't say;
    `latitude` and `longitude` are there together or not at all.

    Most files are kept here. One that is read in place `lies_at` a whole path, where it is never written
    to, and `is_gone` while there is none of its content.
    """

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="photos"
    )
    # Names the folder. The primary key could not: the file is written before there is a row.
    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    filename = models.CharField(max_length=255)
    format = models.CharField(max_length=8)
    size = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64)
    width = models.PositiveIntegerField(null=True)
    height = models.PositiveIntegerField(null=True)
    note = SentenceField()
    turned = models.PositiveSmallIntegerField(default=0)
    more_faces = models.PositiveIntegerField(null=True)
    methods = models.JSONField(default=dict)
    is_collage = models.BooleanField(default=False)
    has_small = models.BooleanField(default=False)
    camera = models.CharField(max_length=LONGEST, null=True, blank=True)  # noqa: DJ001
    lens = models.CharField(max_length=LONGEST, blank=True, default="")
    latitude = models.FloatField(null=True)
    longitude = models.FloatField(null=True)
    caption = models.TextField(blank=True, default="")
    is_favourite = models.BooleanField(default=False)
    lies_at = models.TextField(blank=True, default="")
    is_gone = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=timezone.now)
    changed_at = models.DateTimeField(default=timezone.now)

    objects = PhotoQuerySet.as_manager()

    has_others = False  # whether there are faces that are nobody's to name; set by `lists.photos`
    has_boxes_due = False  # whether any face waits to be measured; set by `lists.drawn`

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["owner", "sha256"], name="photo_once_per_owner"),
            *dated.CONSTRAINTS,
            models.CheckConstraint(
                condition=Q(camera=None, lens="", latitude=None, longitude=None)
                | Q(camera__isnull=False),
                name="photo_lens_by_a_look",
            ),
            models.CheckConstraint(
                condition=Q(latitude=None, longitude=None)
                | Q(latitude__isnull=False, latitude__range=(-90, 90))
                & Q(longitude__isnull=False, longitude__range=(-180, 180)),
                name="photo_taken_somewhere",
            ),
        ]
        indexes = [
            models.Index(fields=["owner", "-id"], name="photo_newest_first"),
            models.Index(fields=["owner", "changed_at"], name="photo_changed"),
            models.Index(fields=["owner", "taken_at"], name="photo_by_date"),
            models.Index(fields=["lies_at"], condition=~Q(lies_at=""), name="photo_read_in_place"),
        ]

    def __str__(self) -> str:
        return self.filename

    def get_absolute_url(self) -> str:
        return reverse("photo", args=[self.pk])

    @property
    def aspect(self) -> float:
        return self.width / self.height if self.width and self.height else 1.5

    @property
    def has_picture(self) -> bool:
        """Whether there is something to look at, be it what was made before the last analysis."""
        return bool(self.methods and self.width)

    @property
    def smaller_copy(self) -> tuple[int, int] | None:
        """The width and height of the annotated copy, if they are not those of the photo."""
        factor = copy_factor(self.width or 0, self.height or 0)
        if factor == 1 or not self.width or not self.height:
            return None
        return -(-self.width // factor), -(-self.height // factor)

    @property
    def month(self) -> str:
        """In which month it was taken, as far as anybody knows: "2019-05", or of a year alone "2019-00"."""
        at = self.taken_at or self.created_at
        return f"{at:%Y-00}" if self.taken_to == Precision.YEAR else f"{at:%Y-%m}"

    @property
    def shot(self) -> Shot:
        """How it was taken, by what it says itself; nothing while nobody has looked."""
        place = None
        if self.latitude is not None and self.longitude is not None:
            place = Place(self.latitude, self.longitude)
        return Shot(self.camera or "", self.lens, place)

    @shot.setter
    def shot(self, shot: Shot) -> None:
        self.camera, self.lens = shot.camera, shot.lens
        self.latitude = shot.place.latitude if shot.place else None
        self.longitude = shot.place.longitude if shot.place else None

    @property
    def face_count(self) -> int:
        # Not count(), which would ask the database although lists have fetched the faces.
        return len(self.faces.all())

    @property
    def has_question(self) -> bool:
        """Whether it is asked who somebody is, or whether a face that was not found again stays."""
        return any(face.suggestion_id or face.lost == Lost.ASKED for face in self.faces.all())

    @property
    def names(self) -> list[str]:
        """Who is on the photo, from left to right, guesses with a question mark; nobody who is hidden."""
        # By the person: two of one name are two, and one who is named and guessed besides is named.
        named: dict[int, str] = {}
        for face in self.faces.all():
            if face.person and not face.person.is_hidden:
                label = named.setdefault(face.person.pk, face.label)
                named[face.person.pk] = face.label if face.is_named else label
        return list(named.values())

    @property
    def folder(self) -> Path:
        """The one folder that holds every file made from this photo."""
        return folder_of(self.key)

    @property
    def original(self) -> Path:
        """Where its file lies. Nobody writes to one that `is_in_place`, or takes it away."""
        return Path(self.lies_at) if self.lies_at else self.folder / "original"

    @property
    def is_in_place(self) -> bool:
        return bool(self.lies_at)

    @property
    def preview(self) -> Path:
        return self.folder / "preview.jpg"

    @property
    def thumbnail(self) -> Path:
        return self.folder / "thumbnail.jpg"

    @property
    def small(self) -> Path:
        """The thumbnail at half its size, for walls on phones and slow lines; there if `has_small`."""
        return self.folder / "small.jpg"

    def face_crop(self, face_pk: int) -> Path:
        return crops_in(self.folder, face_pk)[0]

    def emotion_crop(self, face_pk: int) -> Path:
        """The grey square that the face's emotion was told by, pixel by pixel."""
        return crops_in(self.folder, face_pk)[1]
