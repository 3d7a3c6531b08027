"""Encodings may have a second network's numbers too. The columns are bytes, and stay as they are."""

from django.db import migrations

import gallery.fields

COLUMNS = (
    ("face", "encoding"),
    ("knownencoding", "vector"),
    ("knownchange", "vector"),
    ("lockedvector", "vector"),
)


class Migration(migrations.Migration):
    dependencies = [("gallery", "0042_shares_by_name")]

    operations = [
        migrations.SeparateDatabaseAndState(
            # SQLite would write all faces anew, for nothing.
            state_operations=[
                migrations.AlterField(model, column, gallery.fields.VectorField(128, 256))
                for model, column in COLUMNS
            ]
        )
    ]
