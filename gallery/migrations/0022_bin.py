"""Deleted photos wait in a bin."""

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('gallery', '0021_people_told_more'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='BinnedPhoto',
            fields=[
                ('id', models.BigIntegerField(primary_key=True, serialize=False)),
                ('key', models.UUIDField(unique=True)),
                ('filename', models.CharField(max_length=255)),
                ('sha256', models.CharField(max_length=64)),
                ('faces', models.JSONField(default=list)),
                ('rows', models.JSONField()),
                ('binned_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('owner', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='binned_photos', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'indexes': [models.Index(fields=['owner', '-binned_at'], name='binned_last')],
                'constraints': [models.UniqueConstraint(fields=('owner', 'sha256'), name='binned_photo_once_per_owner')],
            },
        ),
    ]
