"""What humans said is kept in a record, from which names, marks and refusals follow."""

from typing import Any

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models



def tell_whose_it_was_brought_for(apps: Any, schema_editor: Any) -> None:
    KnownEncoding = apps.get_model("gallery", "KnownEncoding")
    KnownEncoding.objects.filter(face=None).update(brought_for=models.F("person"))


class Migration(migrations.Migration):

    dependencies = [
        ('gallery', '0018_roster_networks'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Action',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('did', models.CharField(max_length=16)),
                ('person', models.BigIntegerField(null=True)),
                ('count', models.PositiveIntegerField(default=1)),
                ('is_undone', models.BooleanField(default=False)),
                ('said_at', models.DateTimeField(default=django.utils.timezone.now)),
            ],
        ),
        migrations.CreateModel(
            name='Word',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('topic', models.CharField(max_length=10)),
                ('subject', models.BigIntegerField()),
                ('about', models.CharField(blank=True, default='', max_length=20)),
                ('person', models.BigIntegerField(null=True)),
                ('value', models.JSONField(null=True)),
                ('said_at', models.DateTimeField(default=django.utils.timezone.now)),
            ],
        ),
        migrations.RemoveConstraint(
            model_name='knownencoding',
            name='known_by_a_face_or_from_a_file',
        ),
        migrations.AddField(
            model_name='face',
            name='mark',
            field=models.CharField(blank=True, choices=[('', 'a face'), ('no_face', 'not a face'), ('stranger', "a stranger's face")], default='', max_length=8),
        ),
        migrations.AddField(
            model_name='knownencoding',
            name='brought_for',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='brought_encodings', to='gallery.person'),
        ),
        migrations.AddField(
            model_name='person',
            name='gone',
            field=models.CharField(blank=True, choices=[('', 'there'), ('merged', 'somebody else, as a human said'), ('deleted', 'deleted by a human'), ('unused', 'nothing says any more who they are')], default='', max_length=7),
        ),
        migrations.AddField(
            model_name='person',
            name='gone_at',
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name='person',
            name='merged_into',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='gallery.person'),
        ),
        migrations.AlterField(
            model_name='knownencoding',
            name='person',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='encodings', to='gallery.person'),
        ),
        migrations.AddConstraint(
            model_name='face',
            constraint=models.CheckConstraint(condition=models.Q(('mark', ''), models.Q(('person', None), ('suggestion', None)), _connector='OR'), name='face_marked_is_nobodys'),
        ),
        migrations.AddConstraint(
            model_name='person',
            constraint=models.CheckConstraint(condition=models.Q(('gone', 'merged'), ('merged_into', None), _connector='OR'), name='person_merged_is_gone'),
        ),
        migrations.AddField(
            model_name='action',
            name='by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='action',
            name='roster',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='actions', to='gallery.roster'),
        ),
        migrations.AddField(
            model_name='action',
            name='undoes',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='undone_by', to='gallery.action'),
        ),
        migrations.AddField(
            model_name='word',
            name='action',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='words', to='gallery.action'),
        ),
        migrations.AddIndex(
            model_name='action',
            index=models.Index(fields=['roster', '-id'], name='action_newest_first'),
        ),
        migrations.AddConstraint(
            model_name='action',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('did', 'undo'), ('undoes__isnull', False)), models.Q(models.Q(('did', 'undo'), _negated=True), ('undoes__isnull', True)), _connector='OR'), name='action_undoes_what_was_done'),
        ),
        migrations.AddIndex(
            model_name='word',
            index=models.Index(fields=['subject', 'topic'], name='word_of_subject'),
        ),
        migrations.AddIndex(
            model_name='word',
            index=models.Index(condition=models.Q(('person__isnull', False)), fields=['person'], name='word_of_person'),
        ),
        migrations.RunPython(tell_whose_it_was_brought_for, migrations.RunPython.noop),
    ]
