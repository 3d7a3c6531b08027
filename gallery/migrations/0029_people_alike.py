"""It is asked of people who look alike whether they are one: in libraries that are there that is to be found."""

from typing import Any

import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models


def make_due(apps: Any, schema_editor: Any) -> None:
    known = apps.get_model("gallery", "KnownEncoding").objects.filter(person__isnull=False)
    rosters = apps.get_model("gallery", "Roster").objects.filter(
        pk__in=known.values("person__roster")
    )
    rosters.update(alike_due_at=django.utils.timezone.now())


class Migration(migrations.Migration):

    dependencies = [
        ('gallery', '0028_consent'),
    ]

    operations = [
        migrations.AddField(
            model_name='roster',
            name='alike_due_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.CreateModel(
            name='Alike',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('beyond', models.FloatField()),
                ('first', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='gallery.person')),
                ('second', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='gallery.person')),
            ],
            options={
                'verbose_name_plural': 'alike',
                'constraints': [models.UniqueConstraint(fields=('first', 'second'), name='alike_once'), models.CheckConstraint(condition=models.Q(('first__lt', models.F('second'))), name='alike_lower_key_first')],
            },
        ),
        migrations.CreateModel(
            name='Apart',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('first', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='gallery.person')),
                ('second', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='gallery.person')),
            ],
            options={
                'verbose_name_plural': 'apart',
                'constraints': [models.UniqueConstraint(fields=('first', 'second'), name='apart_once'), models.CheckConstraint(condition=models.Q(('first__lt', models.F('second'))), name='apart_lower_key_first')],
            },
        ),
        migrations.RunPython(make_due, migrations.RunPython.noop),
    ]
