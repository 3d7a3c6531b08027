"""Keeps rows aside as plain values, and makes rows of them again, with the same keys."""

from __future__ import annotations

import base64
from typing import Any, TypeVar

from django.db import models

Row = TypeVar("Row", bound=models.Model)


def frozen(row: models.Model) -> dict[str, Any]:
    """Return the row's columns as JSON can hold them, by name, without losing anything of them."""
    return {field.attname: _plain(field, row) for field in row._meta.concrete_fields}


def thawed(kind: type[Row], values: dict[str, Any]) -> Row:
    """Return the row, not saved. Columns that came since are as in a new row; what went is left out."""
    fields = {field.attname: field for field in kind._meta.concrete_fields}
    there = {name: value for name, value in values.items() if name in fields}
    return kind(
        **{
            name: value
            if isinstance(fields[name], models.JSONField)
            else fields[name].to_python(value)
            for name, value in there.items()
        }
    )


def _plain(field: models.Field[Any, Any], row: models.Model) -> Any:
    value = field.value_from_object(row)
    if isinstance(field, models.BinaryField):
        data = field.get_prep_value(value)
        return None if data is None else base64.b64encode(data).decode()
    if isinstance(field, models.JSONField) or value is None:
        return value
    # What the database holds is what comes back, a sentence by its code.
    prepared = field.get_prep_value(value)
    return prepared if isinstance(prepared, (str, int, float)) else field.value_to_string(row)
