from django.db import models


class ClockShift(models.Model):
    """One row: seconds added to the machine's clock to give the business clock."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    seconds = models.BigIntegerField(default=0)

    class Meta:
        db_table = "core_clock"
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="core_clock_one_row")]

    def __str__(self) -> str:
        return f"{self.seconds} s"
