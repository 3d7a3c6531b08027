"""Fields of our own: vectors that the networks make, names compared without their case, what clocks
showed, sentences. And how rows are asked for by many keys.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import numpy as np
from django.core.exceptions import EmptyResultSet, ValidationError
from django.db import models
from numpy.typing import NDArray

from analysis.matching import NUMBERS
from analysis.names import JOINERS
from analysis.sentences import Sentence
from gallery.words import Words

if TYPE_CHECKING:
    TextBase = models.TextField[Sentence | str | None, Words | None]
    ClockBase = models.DateTimeField[datetime | None, datetime | None]
else:
    TextBase = models.TextField
    ClockBase = models.DateTimeField

LITTLE_FLOAT32 = np.dtype("<f4")  # The same bytes on every machine.
ENCODING = NUMBERS, 2 * NUMBERS  # dlib's numbers alone, or a second network's too


class VectorField(models.BinaryField):  # type: ignore[type-arg]
    """Finite float32 numbers, one of `sizes` many: little-endian bytes there, a NumPy array here."""

    def __init__(self, *sizes: int, **options: Any) -> None:
        self.sizes = sizes
        super().__init__(**options)

    def deconstruct(self) -> tuple[str, str, Any, Any]:
        name, path, args, options = super().deconstruct()
        return name, path, [*self.sizes, *args], options

    def get_prep_value(self, value: Any) -> bytes | None:
        if value is None:
            return None
        vector = np.asarray(value, dtype=LITTLE_FLOAT32).reshape(-1)
        if vector.size not in self.sizes or not np.isfinite(vector).all():
            sizes = " or ".join(map(str, self.sizes))
            raise ValidationError(f"A vector of {sizes} finite numbers is needed.")
        return vector.tobytes()

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        data = value if prepared else self.get_prep_value(value)
        return super().get_db_prep_value(data, connection, prepared=True)

    def to_python(self, value: Any) -> Any:
        data = super().to_python(value)
        is_data = isinstance(data, (bytes, memoryview))
        return np.frombuffer(data, dtype=LITTLE_FLOAT32) if is_data else data

    def from_db_value(
        self, value: bytes | memoryview | None, expression: Any, connection: Any
    ) -> NDArray[np.float32] | None:
        return None if value is None else np.frombuffer(value, dtype=LITTLE_FLOAT32)


def encodings_of(raws: Sequence[bytes | memoryview]) -> NDArray[np.float32]:
    """Return what n columns of encodings hold, (n, 128) or (n, 256): shorter ones with zeros behind."""
    longest = max(map(len, raws))
    data = b"".join(
        [bytes(raw).ljust(longest, b"\0") if len(raw) < longest else raw for raw in raws]
    )
    return np.frombuffer(data, LITTLE_FLOAT32).reshape(len(raws), -1)


def fold(name: str) -> str:
    """Return what names have in common that differ only in case, or in joiners, which few people type.

    SQLite itself folds ASCII only.
    """
    seen = name.translate(dict.fromkeys(map(ord, JOINERS)))
    # In this order: folding takes some letters apart.
    return unicodedata.normalize("NFC", seen.casefold())


class FoldedField(models.CharField):  # type: ignore[type-arg]
    """The folded text of the field `source`, set whenever it is saved; for lookups and constraints."""

    def __init__(self, source: str, **options: Any) -> None:
        self.source = source
        super().__init__(**{"editable": False} | options)

    def deconstruct(self) -> tuple[str, str, Any, Any]:
        name, path, args, options = super().deconstruct()
        return name, path, [self.source, *args], options

    def pre_save(self, model_instance: models.Model, add: bool) -> str:
        folded = fold(getattr(model_instance, self.source))
        setattr(model_instance, self.attname, folded)
        return folded


class ClockField(ClockBase):
    """What a clock showed somewhere: a time without a zone here, and as if it was in UTC there.

    So it is the same for whoever looks, and databases order and cut it as any other time. Where SQL takes
    it apart, as TruncMonth does, say `tzinfo=UTC`.
    """

    def get_prep_value(self, value: Any) -> Any:
        if isinstance(value, datetime):
            value = value.replace(tzinfo=UTC)
        return super().get_prep_value(value)

    def from_db_value(
        self, value: datetime | None, expression: Any, connection: Any
    ) -> datetime | None:
        return None if value is None else value.astimezone(UTC).replace(tzinfo=None)


class SentenceField(TextBase):
    """A sentence as its code and values there, `Words` or None here; an empty column is none.

    The text of rows that an earlier version wrote is read as a sentence that says just that.
    """

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"blank": True, "default": None} | options)

    def get_prep_value(self, value: Any) -> Any:
        if value is None:
            return ""
        return Words.of(value).write() if isinstance(value, Sentence) else value

    def from_db_value(self, value: str, expression: Any, connection: Any) -> Words | None:
        return Words.read(value) if value else None


@models.IntegerField.register_lookup
@models.ForeignKey.register_lookup
class OneOf(models.Lookup):
    """`in` for keys that the site made: of thousands Django's own takes longer than the database."""

    lookup_name = "one_of"
    prepare_rhs = False

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, Any]:
        column, values = self.process_lhs(compiler, connection)
        # Numbers they are by now, whatever they were.
        keys = ",".join([str(int(key)) for key in self.rhs])
        if not keys:
            raise EmptyResultSet
        return f"{column} IN ({keys})", values
