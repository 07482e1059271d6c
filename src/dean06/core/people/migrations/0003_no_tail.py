from django.db import migrations


class Migration(migrations.Migration):
    """No digit of a number stands in clear: the last ones are decrypted for showing."""

    dependencies = [("people", "0002_sealed_identity")]

    operations = [
        migrations.RemoveConstraint("person", "people_person_tail"),
        migrations.RemoveField("person", "number_tail"),
    ]
