from django.db import migrations, models


class Migration(migrations.Migration):
    """On which document a notice went out, and how a file was concluded."""

    dependencies = [("privacy", "0001_privacy")]

    operations = [
        migrations.AddField(model_name="breach", name="papers", field=models.JSONField(default=dict)),
    ]
