"""Photos take words of their own, and albums keep them together."""

import analysis.dates
import django.db.models.deletion
import django.utils.timezone
import gallery.fields
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('gallery', '0031_what_photos_say'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Album',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=100)),
                ('folded_name', gallery.fields.FoldedField('name', editable=False, max_length=300)),
                ('about', models.TextField(blank=True, default='')),
                ('chosen_cover', models.BigIntegerField(null=True)),
                ('order', models.CharField(choices=[('date', 'by when photos were taken'), ('hand', 'by hand')], default='date', max_length=4)),
                ('search', models.TextField(blank=True, default='')),
                ('is_gone', models.BooleanField(default=False)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now)),
            ],
        ),
        migrations.CreateModel(
            name='AlbumPhoto',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('position', models.FloatField()),
            ],
        ),
        migrations.CreateModel(
            name='AlbumShare',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('may_add', models.BooleanField(default=False)),
                ('shows_names', models.BooleanField(default=False)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now)),
            ],
        ),
        migrations.CreateModel(
            name='PhotoKeyword',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('word', models.CharField(max_length=60)),
                ('folded_word', gallery.fields.FoldedField('word', editable=False, max_length=180)),
            ],
        ),
        migrations.RemoveConstraint(
            model_name='photo',
            name='photo_taken_by_a_source',
        ),
        migrations.AddField(
            model_name='action',
            name='album',
            field=models.BigIntegerField(null=True),
        ),
        migrations.AddField(
            model_name='photo',
            name='caption',
            field=models.TextField(blank=True, default=''),
        ),
        migrations.AddField(
            model_name='photo',
            name='is_favourite',
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name='photo',
            name='read_at',
            field=gallery.fields.ClockField(null=True),
        ),
        migrations.AddField(
            model_name='photo',
            name='read_from',
            field=models.CharField(blank=True, default='', max_length=9),
        ),
        migrations.AddField(
            model_name='photo',
            name='read_offset',
            field=models.SmallIntegerField(null=True),
        ),
        migrations.AddConstraint(
            model_name='photo',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('taken_at', None), ('taken_from', ''), ('taken_offset', None)), models.Q(('taken_at__isnull', False), ('taken_from__in', ['hand', 'exif', 'xmp', 'digitized', 'changed', 'file', 'upload'])), _connector='OR'), name='photo_taken_by_a_source'),
        ),
        migrations.AddConstraint(
            model_name='photo',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(models.Q(('read_at', None), ('read_from', ''), ('read_offset', None)), models.Q(('read_at__isnull', False), ('read_from__in', ['hand', 'exif', 'xmp', 'digitized', 'changed', 'file', 'upload'])), _connector='OR'), models.Q(('read_from', analysis.dates.Source['HAND']), _negated=True), models.Q(('read_from', ''), ('taken_from', analysis.dates.Source['HAND']), _connector='OR')), name='photo_read_aside'),
        ),
        migrations.AddConstraint(
            model_name='photo',
            constraint=models.CheckConstraint(condition=models.Q(('read_offset', None), ('read_offset__range', (-840, 840)), _connector='OR'), name='photo_read_in_a_zone'),
        ),
        migrations.AddField(
            model_name='album',
            name='owner',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='albums', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='albumphoto',
            name='album',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='album_photos', to='gallery.album'),
        ),
        migrations.AddField(
            model_name='albumphoto',
            name='photo',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='album_photos', to='gallery.photo'),
        ),
        migrations.AddField(
            model_name='albumshare',
            name='album',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='shares', to='gallery.album'),
        ),
        migrations.AddField(
            model_name='albumshare',
            name='member',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='album_shares', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='photokeyword',
            name='photo',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='keywords', to='gallery.photo'),
        ),
        migrations.AddIndex(
            model_name='album',
            index=models.Index(fields=['owner', 'folded_name'], name='album_by_name'),
        ),
        migrations.AddConstraint(
            model_name='album',
            constraint=models.CheckConstraint(condition=models.Q(('name', ''), _negated=True), name='album_has_a_name'),
        ),
        migrations.AddIndex(
            model_name='albumphoto',
            index=models.Index(fields=['album', 'position'], name='album_in_order'),
        ),
        migrations.AddConstraint(
            model_name='albumphoto',
            constraint=models.UniqueConstraint(fields=('album', 'photo'), name='photo_once_in_album'),
        ),
        migrations.AddConstraint(
            model_name='albumshare',
            constraint=models.UniqueConstraint(fields=('album', 'member'), name='album_shared_once'),
        ),
        migrations.AddIndex(
            model_name='photokeyword',
            index=models.Index(fields=['folded_word', 'photo'], name='photo_by_keyword'),
        ),
        migrations.AddConstraint(
            model_name='photokeyword',
            constraint=models.UniqueConstraint(fields=('photo', 'folded_word'), name='keyword_once'),
        ),
    ]
