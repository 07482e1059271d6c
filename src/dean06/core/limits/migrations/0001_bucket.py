from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True
    dependencies = []
    operations = [
        migrations.CreateModel(
            name="Bucket",
            fields=[
                ("key", models.CharField(max_length=64, primary_key=True, serialize=False)),
                ("tokens", models.FloatField()),
                ("refused", models.BooleanField(default=False)),
                ("at", models.DateTimeField()),
            ],
            options={"db_table": "limits_bucket"},
        ),
        migrations.RunSQL("alter table limits_bucket set unlogged", "alter table limits_bucket set logged"),
    ]
