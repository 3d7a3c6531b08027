"""Words that people put to photos, to find them by."""

from __future__ import annotations

from django.db import models

from gallery.fields import FoldedField

LENGTH = 60


class PhotoKeyword(models.Model):
    """One keyword of one photo. It follows from the record of words (`models.record`)."""

    photo = models.ForeignKey("gallery.Photo", on_delete=models.CASCADE, related_name="keywords")
    word = models.CharField(max_length=LENGTH)
    folded_word = FoldedField("word", max_length=3 * LENGTH)

    class Meta:
        indexes = [models.Index(fields=["folded_word", "photo"], name="photo_by_keyword")]
        constraints = [
            models.UniqueConstraint(fields=["photo", "folded_word"], name="keyword_once"),
        ]

    def __str__(self) -> str:
        return self.word
