import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models import OuterRef, Subquery


def write_names(apps, schema_editor):
    shares = apps.get_model("gallery", "AlbumShare").objects
    users = apps.get_model("auth", "User").objects.filter(pk=OuterRef("member"))
    shares.update(name=Subquery(users.values("username")))


class Migration(migrations.Migration):

    dependencies = [
        ('gallery', '0041_photos_dated_roughly'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='albumshare',
            name='name',
            field=models.CharField(default='', max_length=150),
            preserve_default=False,
        ),
        migrations.RunPython(write_names, migrations.RunPython.noop),
        migrations.AlterField(
            model_name='albumshare',
            name='member',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='album_shares', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AlterField(
            model_name='switch',
            name='name',
            field=models.CharField(choices=[('camera', 'Camera'), ('members', 'Members')], max_length=20, primary_key=True, serialize=False),
        ),
        migrations.AddConstraint(
            model_name='albumshare',
            constraint=models.UniqueConstraint(fields=('album', 'name'), name='album_shared_once_by_name'),
        ),
    ]
