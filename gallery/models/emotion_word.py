"""What a human said of the emotion on a face. No machine changes any of it."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils import timezone

from analysis.results import EMOTIONS
from gallery.models.face import Face


class EmotionWord(models.Model):
    """A human said: this face shows the emotion (`is_so`), or it does not."""

    face = models.ForeignKey(Face, on_delete=models.CASCADE, related_name="emotion_words")
    emotion = models.CharField(max_length=10, choices=[(one, one) for one in EMOTIONS])
    is_so = models.BooleanField()
    said_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["face", "emotion"], name="emotion_word_once"),
            models.UniqueConstraint(
                fields=["face"], condition=Q(is_so=True), name="emotion_word_one_that_is_so"
            ),
            models.CheckConstraint(
                condition=Q(emotion__in=EMOTIONS), name="emotion_word_is_an_emotion"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.face_id} is {'' if self.is_so else 'not '}{self.emotion}"
