"""Folders on the server that photos are taken from, and what is known of the files in there."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.db import models
from django.db.models import QuerySet

from gallery.fields import SentenceField
from gallery.models.album import NAME_LENGTH


class Came(models.TextChoices):
    """What a file in a folder came to."""

    PHOTO = "photo"  # a photo of the library, here or in the bin
    SAME = "same"  # what another file has brought, or an upload
    DELETED = "deleted"  # somebody deleted its photo, which may still be in the bin
    REFUSED = "refused"  # no photo that is taken; the note says why


class SourceFolderQuerySet(QuerySet["SourceFolder"]):
    def visible_to(self, user: AbstractBaseUser | AnonymousUser) -> SourceFolderQuerySet:
        return self.filter(owner_id=user.pk)


class SourceFolder(models.Model):
    """A folder whose photos go into somebody's library, by its whole path, in which no part is a link.

    `in_place` ones are read where they lie. They go into the `album` of that name, or `by_folder` into one
    for each folder in it. `looks` counts how often somebody began to go through it; at
    the end of one whatever was not seen in it has gone. The site looks at an `is_watched` one by itself
    when that is `due_at`, which whoever looks puts off; `trouble` says why the last one failed.
    """

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="source_folders"
    )
    path = models.TextField()
    in_place = models.BooleanField(default=False)
    album = models.CharField(max_length=NAME_LENGTH, blank=True, default="")
    by_folder = models.BooleanField(default=False)
    looks = models.PositiveIntegerField(default=0)
    looked_at = models.DateTimeField(null=True)
    is_watched = models.BooleanField(default=False)
    due_at = models.DateTimeField(null=True)
    trouble = SentenceField()

    objects = SourceFolderQuerySet.as_manager()

    is_allowed = False  # whether the site may be told to look; set by `services.sources.folders`

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["owner", "path"], name="source_folder_once_per_owner"),
        ]

    def __str__(self) -> str:
        return self.path

    @property
    def root(self) -> Path:
        return Path(self.path)


class SourceFile(models.Model):
    """A file that was seen there, by its path within the folder, as it was then.

    While size and time of writing stay it is not read again. `look` is the last one that saw it; what is
    not `is_there` is kept for what has become of its photo.
    """

    folder = models.ForeignKey(SourceFolder, on_delete=models.CASCADE, related_name="files")
    path = models.TextField()
    size = models.PositiveBigIntegerField()
    modified = models.BigIntegerField()  # nanoseconds since 1970
    sha256 = models.CharField(max_length=64)
    came = models.CharField(max_length=7, choices=Came.choices)
    note = SentenceField()
    is_put = models.BooleanField(default=False)
    look = models.PositiveIntegerField()
    is_there = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["folder", "path"], name="source_file_once"),
        ]
        indexes = [
            models.Index(fields=["folder", "look"], name="source_file_seen"),
            models.Index(fields=["sha256"], name="source_file_content"),
        ]

    def __str__(self) -> str:
        return self.path

    @property
    def whole_path(self) -> Path:
        return self.folder.root / self.path


class SourceAlbum(models.Model):
    """Into which album photos of a folder were put, by the path `within`; a number, as it may be gone."""

    folder = models.ForeignKey(SourceFolder, on_delete=models.CASCADE, related_name="albums")
    within = models.TextField(blank=True)
    album_id = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["folder", "within"], name="source_album_once"),
        ]

    def __str__(self) -> str:
        return self.within


class ForgottenFile(models.Model):
    """The content of a file in a folder whose photo was deleted for good: no look brings it again."""

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="forgotten_files"
    )
    sha256 = models.CharField(max_length=64)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["owner", "sha256"], name="forgotten_once_per_owner"),
        ]

    def __str__(self) -> str:
        return self.sha256
