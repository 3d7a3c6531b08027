"""Two people of a roster may bear one name; a note tells people which of them is meant."""

from django.db import migrations, models

LENGTH = 100


def number_namesakes(apps, schema_editor):
    """On the way back a name is somebody's alone: whoever came later gets a number after it."""
    alias = schema_editor.connection.alias
    people = apps.get_model("gallery", "Person").objects.using(alias)
    taken = set()
    for person in people.order_by("pk"):
        name, number = person.name, 1
        while (person.roster_id, person.folded_name) in taken:
            number += 1
            ending = f" ({number})"
            person.name = name[: LENGTH - len(ending)] + ending
            person.save(update_fields=["name", "folded_name"])
        taken.add((person.roster_id, person.folded_name))


class Migration(migrations.Migration):
    dependencies = [("gallery", "0010_dates_of_photos")]

    operations = [
        migrations.RemoveConstraint("person", "person_name_once_per_roster"),
        migrations.RunPython(migrations.RunPython.noop, number_namesakes),
        migrations.AddField("person", "note", models.CharField(blank=True, default="", max_length=60)),
        migrations.AddIndex(
            "person", models.Index(fields=["roster", "folded_name"], name="person_by_name")
        ),
    ]
