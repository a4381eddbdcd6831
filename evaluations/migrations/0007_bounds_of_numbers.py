from importlib import import_module

from django.db import migrations, models

from sop_portal.foundation.kit.triggers import RefuseWhen

# What an earlier one refuses is refused before anything is taken away.
figures_seen = import_module("evaluations.migrations.0006_figures_seen")
MINUTES = models.Q(lasts__gte=5, lasts__lte=960)
TABLES = ("evaluations_meeting", "evaluations_meetingseries")
MESSAGE = "quorum_of_somebody: a decision needs one department at least"


def quorum(table: str) -> list[RefuseWhen]:
    """A quorum of nobody is not written any more; meetings that have one keep it, closed years never change."""
    return [
        RefuseWhen(f"quorum_of_somebody_{table}_insert", table, "INSERT", "NEW.quorum < 1", MESSAGE),
        RefuseWhen(
            f"quorum_of_somebody_{table}_update", table, "UPDATE",
            "NEW.quorum < 1 AND NEW.quorum <> OLD.quorum", MESSAGE,
        ),
    ]


class Migration(migrations.Migration):
    """What a number that somebody types is at least, said by the database too."""

    dependencies = [("evaluations", "0006_figures_seen")]
    operations = [
        migrations.AlterField("meeting", "quorum", models.PositiveSmallIntegerField("quorum", default=1)),
        migrations.AlterField("meetingseries", "quorum", models.PositiveSmallIntegerField("quorum", default=1)),
        migrations.AddConstraint("meeting", models.CheckConstraint(condition=MINUTES, name="meeting_lasts_minutes")),
        migrations.AddConstraint(
            "meetingseries", models.CheckConstraint(condition=MINUTES, name="series_lasts_minutes")
        ),
        migrations.AddConstraint(
            "trainingsession",
            models.CheckConstraint(condition=models.Q(places__gte=1), name="session_has_places"),
        ),
        *(operation for table in TABLES for operation in quorum(table)),
        migrations.RunPython(migrations.RunPython.noop, figures_seen.refuse_to_go_back),
    ]
