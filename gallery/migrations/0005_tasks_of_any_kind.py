"""Tasks of any kind: keys in the place of a rule for one kind, a pace, and what people dismissed."""

from django.db import migrations, models
from django.db.models import Q

OPEN = ("queued", "running")


def name_and_key(apps, schema_editor):
    """Give each task the key that its kind gives it today, and one kind its new name."""
    tasks = apps.get_model("gallery", "Task").objects.using(schema_editor.connection.alias)
    tasks.filter(kind="again").update(kind="emotions", key="emotions")
    taken = set()
    for task in tasks.filter(kind__in=("intake", "training")).order_by("pk"):
        key = f"network {task.arguments.get('name', '')}"
        # Nothing kept two open ones from having one name but a look before.
        if task.state in OPEN:
            if key in taken:
                continue
            taken.add(key)
        tasks.filter(pk=task.pk).update(key=key)


def name_as_before(apps, schema_editor):
    tasks = apps.get_model("gallery", "Task").objects.using(schema_editor.connection.alias)
    tasks.filter(kind="emotions").update(kind="again")


class Migration(migrations.Migration):
    dependencies = [("gallery", "0004_sentences")]

    operations = [
        migrations.RemoveConstraint("task", "task_tells_again_once"),
        migrations.AlterField("task", "kind", models.CharField(max_length=30)),
        migrations.AddField("task", "key", models.CharField(blank=True, default="", max_length=100), preserve_default=False),
        migrations.AddField("task", "pace", models.FloatField(null=True)),
        migrations.AddField("task", "paced_at", models.DateTimeField(null=True)),
        migrations.AddField("task", "dismissed_at", models.DateTimeField(null=True)),
        migrations.RunPython(name_and_key, name_as_before),
        migrations.AddConstraint(
            "task",
            models.UniqueConstraint(
                fields=["key"],
                condition=Q(("state__in", OPEN), ~Q(("key", ""))),
                name="task_open_once_for_its_key",
            ),
        ),
    ]
