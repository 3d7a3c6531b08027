"""People belong to a roster instead of to an account; each account that knows people gets one."""

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


def give_rosters(apps, schema_editor):
    alias = schema_editor.connection.alias
    people = apps.get_model("gallery", "Person").objects.using(alias)
    rosters = apps.get_model("gallery", "Roster").objects.using(alias)
    for owner_id in people.order_by("owner_id").values_list("owner_id", flat=True).distinct():
        people.filter(owner_id=owner_id).update(roster=rosters.create(owner_id=owner_id))


def give_owners(apps, schema_editor):
    alias = schema_editor.connection.alias
    people = apps.get_model("gallery", "Person").objects.using(alias)
    for roster in apps.get_model("gallery", "Roster").objects.using(alias).all():
        people.filter(roster=roster).update(owner_id=roster.owner_id)


def owner(null):
    return models.ForeignKey(
        null=null,
        on_delete=django.db.models.deletion.CASCADE,
        related_name="people",
        to=settings.AUTH_USER_MODEL,
    )


def roster(null):
    return models.ForeignKey(
        null=null,
        on_delete=django.db.models.deletion.CASCADE,
        related_name="people",
        to="gallery.roster",
    )


class Migration(migrations.Migration):
    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ("gallery", "0008_dismissed_photos"),
    ]

    operations = [
        migrations.CreateModel(
            "Roster",
            [
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "owner",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="roster",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.AddField("person", "roster", roster(null=True)),
        # Nullable before it goes, so that the way back can fill it.
        migrations.AlterField("person", "owner", owner(null=True)),
        migrations.RunPython(give_rosters, give_owners),
        migrations.RemoveConstraint("person", "person_name_once_per_owner"),
        migrations.RemoveField("person", "owner"),
        migrations.AlterField("person", "roster", roster(null=False)),
        migrations.AddConstraint(
            "person",
            models.UniqueConstraint(
                fields=["roster", "folded_name"], name="person_name_once_per_roster"
            ),
        ),
    ]
