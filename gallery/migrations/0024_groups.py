"""Unknown faces are grouped: those that are there wait for it."""

from typing import Any

import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models



def make_due(apps: Any, schema_editor: Any) -> None:
    Roster = apps.get_model("gallery", "Roster")
    owners = apps.get_model("gallery", "Photo").objects.order_by().values_list("owner", flat=True)
    for owner in owners.distinct():
        Roster.objects.get_or_create(owner_id=owner)
    Roster.objects.update(groups_due_at=django.utils.timezone.now())


class Migration(migrations.Migration):

    dependencies = [
        ('gallery', '0023_drawn_faces'),
    ]

    operations = [
        migrations.AddField(
            model_name='roster',
            name='grouped',
            field=models.PositiveIntegerField(default=0),
        ),
        migrations.AddField(
            model_name='roster',
            name='groups_due_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.CreateModel(
            name='FaceGroup',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('count', models.PositiveIntegerField(default=0)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('roster', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='groups', to='gallery.roster')),
            ],
        ),
        migrations.CreateModel(
            name='GroupedFace',
            fields=[
                ('face', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='grouped', serialize=False, to='gallery.face')),
                ('group', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='members', to='gallery.facegroup')),
            ],
        ),
        migrations.AddIndex(
            model_name='facegroup',
            index=models.Index(fields=['roster', '-count'], name='group_largest_first'),
        ),
        migrations.RunPython(make_due, migrations.RunPython.noop),
    ]
