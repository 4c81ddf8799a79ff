"""Removes from stored pictures what their camera wrote beside them, such as the place."""

from django.db import migrations


def remove_metadata(apps, schema_editor):
    from hub.files.picture_metadata import rewrite_stored

    rewrite_stored(apps.get_model("hub", "HubImage"), apps.get_model("hub", "HubRendition"))


class Migration(migrations.Migration):
    dependencies = [("hub", "0001_initial")]
    operations = [migrations.RunPython(remove_metadata, migrations.RunPython.noop, elidable=True)]
