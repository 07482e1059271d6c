"""Names and birth dates are encrypted; tokens find names; every row names its index key."""

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
from django.db import migrations, models


def seal(apps, schema_editor):
    """Encrypt what stands in clear, row by row. Raises VaultError when the key files are not at hand."""
    from dean06.core import vault
    from dean06.core.people import identity

    rows = apps.get_model("people", "Person").objects.using(schema_editor.connection.alias)
    keys = vault.ring() if rows.exists() else None
    for person in rows.order_by("pk").iterator(chunk_size=500):
        context = f"people_person.%s:{person.key}"
        words = identity.words(person.full_name)
        rows.filter(pk=person.pk).update(
            name_cipher=vault.encrypt(person.full_name, context=context % "name_cipher", keys=keys),
            birth_cipher=vault.encrypt(
                person.birth_date.isoformat(), context=context % "birth_cipher", keys=keys
            ),
            number_cipher=vault.rotate(
                bytes(person.number_cipher), context=context % "number_cipher", keys=keys
            ),
            key_id=keys.active_id,
            name_index=sorted(identity.tokens(word, keys)[keys.index_id] for word in words),
            index_id=keys.index_id,
        )


class Migration(migrations.Migration):
    dependencies = [("people", "0001_people")]

    operations = [
        migrations.AddField("person", "name_cipher", models.BinaryField(null=True)),
        migrations.AddField("person", "birth_cipher", models.BinaryField(null=True)),
        migrations.AddField(
            "person",
            "name_index",
            django.contrib.postgres.fields.ArrayField(models.BinaryField(max_length=8), null=True),
        ),
        migrations.AddField("person", "index_id", models.CharField(max_length=8, null=True)),
        migrations.RunPython(seal),
        migrations.RemoveIndex("person", "people_person_unit"),
        migrations.RemoveConstraint("person", "people_person_named"),
        migrations.RemoveField("person", "sort_key"),
        migrations.RemoveField("person", "full_name"),
        migrations.RemoveField("person", "birth_date"),
        migrations.AlterField("person", "name_cipher", models.BinaryField()),
        migrations.AlterField("person", "birth_cipher", models.BinaryField()),
        migrations.AlterField(
            "person",
            "name_index",
            django.contrib.postgres.fields.ArrayField(models.BinaryField(max_length=8)),
        ),
        migrations.AlterField("person", "index_id", models.CharField(max_length=8, db_index=True)),
        migrations.AddIndex(
            "person", models.Index(fields=["unit", "recorded_at"], name="people_person_unit")
        ),
        migrations.AddIndex(
            "person",
            django.contrib.postgres.indexes.GinIndex(fields=["name_index"], name="people_person_name"),
        ),
        migrations.AddConstraint(
            "person",
            models.CheckConstraint(
                condition=models.Q(("name_index", []), _negated=True), name="people_person_named"
            ),
        ),
        migrations.CreateModel(
            name="FormerKey",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("former", models.BinaryField(max_length=32, unique=True)),
                ("current", models.BinaryField(db_index=True, max_length=32)),
                ("index_id", models.CharField(db_index=True, max_length=8)),
            ],
            options={"db_table": "people_former_key"},
        ),
    ]
