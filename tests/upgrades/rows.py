"""Dumps the rows of a library, and loads them into a database that was migrated as far as theirs was.

    python -m tests.upgrades.rows dump FILE             at the state that made the library
    python -m tests.upgrades.rows load FILE             at any later one: into an empty database

Rows are those of historical models: to read them needs no model of today, whatever the database.
"""

from __future__ import annotations

import base64
import json
import os
import sys
from pathlib import Path
from typing import Any

import django
from django.core.serializers.json import DjangoJSONEncoder

# What migrations fill themselves, and what nobody misses.
LEFT_OUT = {"auth.permission", "auth.group", "contenttypes.contenttype", "sessions.session"}


def dump(file: Path) -> None:
    """Write every row of every model, by model, with the migrations that the database has."""
    from django.apps import apps
    from django.db import connection
    from django.db.migrations.loader import MigrationLoader

    loader = MigrationLoader(connection)
    leaves = [[app, name] for app, name in loader.graph.leaf_nodes()]
    rows = {
        model._meta.label_lower: [_row(one) for one in model._base_manager.order_by("pk")]
        for model in apps.get_models()
        if model._meta.label_lower not in LEFT_OUT and model._meta.managed
    }
    found = {"migrations": leaves, "rows": {label: ones for label, ones in rows.items() if ones}}
    file.write_text(json.dumps(found, cls=DjangoJSONEncoder, indent=0) + "\n", encoding="utf-8")


def _row(one: Any) -> dict[str, Any]:
    fields = one._meta.concrete_fields
    return {field.attname: _plain(field.value_from_object(one)) for field in fields}


def _plain(value: Any) -> Any:
    if hasattr(value, "tobytes"):
        value = value.tobytes()
    if isinstance(value, bytes):
        return {"base64": base64.b64encode(value).decode()}
    # A sentence is dumped as it is kept.
    return value.write() if hasattr(value, "write") else value


def load(file: Path) -> None:
    """Migrate to the state that the rows are of, and save them with their keys."""
    from django.core.management.color import no_style
    from django.db import connection, transaction
    from django.db.migrations.executor import MigrationExecutor

    kept = json.loads(file.read_text(encoding="utf-8"))
    apps = MigrationExecutor(connection).migrate([tuple(one) for one in kept["migrations"]]).apps
    models = {label: apps.get_model(label) for label in kept["rows"]}
    with transaction.atomic(), connection.constraint_checks_disabled():
        if connection.vendor == "postgresql":
            connection.cursor().execute("SET CONSTRAINTS ALL DEFERRED")
        for label, rows in kept["rows"].items():
            model = models[label]
            model._base_manager.bulk_create([model(**_values(model, row)) for row in rows])
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), list(models.values())):
            cursor.execute(statement)


def _values(model: Any, row: dict[str, Any]) -> dict[str, Any]:
    fields = {field.attname: field for field in model._meta.concrete_fields}
    return {name: _value(fields[name], value) for name, value in row.items()}


def _value(field: Any, value: Any) -> Any:
    if isinstance(value, dict) and value.keys() == {"base64"}:
        import numpy as np

        return np.frombuffer(base64.b64decode(value["base64"]), dtype="<f4")
    # A foreign key's own to_python() is that of the key it points to.
    return value if field.get_internal_type() == "JSONField" else field.to_python(value)


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "facesite.settings")
    django.setup()
    {"dump": dump, "load": load}[sys.argv[1]](Path(sys.argv[2]))
