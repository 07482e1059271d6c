import django.contrib.postgres.operations
from django.db import migrations, models

DIGITS = (
    "0-9\u2070\u00b9\u00b2\u00b3\u2074-\u2079\u2080-\u2089\uff10-\uff19\U0001d7ce-\U0001d7ff"
    "\u0660-\u0669\u06f0-\u06f9\u0966-\u096f\u0e50-\u0e59\u0ed0-\u0ed9\u17e0-\u17e9"
)
NUMBER_LIKE = f"[{DIGITS}]([^{DIGITS}]?[{DIGITS}]){{8}}"
NINE_DIGITS = f"[{DIGITS}]([^{DIGITS}]*[{DIGITS}]){{8}}"

RULES = (
    (
        "usagerecord",
        "usage_record_no_number",
        ("reason", NINE_DIGITS),
        ("recipient", NUMBER_LIKE),
        ("route", NUMBER_LIKE),
    ),
    ("representation", "usage_representation_no_number", ("document", NUMBER_LIKE)),
    ("hiding", "usage_hiding_no_number", ("document", NUMBER_LIKE)),
)


def _stricter(
    model: str, name: str, *patterns: tuple[str, str]
) -> list[migrations.operations.base.Operation]:
    condition = models.Q()
    for column, pattern in patterns:
        condition &= models.Q((f"{column}__regex", pattern), _negated=True)
    return [
        migrations.RemoveConstraint(model_name=model, name=name),
        django.contrib.postgres.operations.AddConstraintNotValid(
            model_name=model, constraint=models.CheckConstraint(condition=condition, name=name)
        ),
    ]


class Migration(migrations.Migration):
    """No number in a reason however its digits are parted. What was written before stands."""

    dependencies = [("usage", "0004_hiding_ends")]

    operations = [operation for rule in RULES for operation in _stricter(*rule)]
