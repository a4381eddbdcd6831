from django.db import migrations

from sop_portal.foundation.kit.triggers import RefuseWhen

NO_DECISION = "'attach-paper', 'comment', 'create', 'edit', 'replace-paper', 'take-back-paper'"
# What a writer does to have a record decided by others, or to write on, as "kind verb".
HANDS_IN = (
    "forecast submit", "forecast withdraw", "forecast carry-over", "forecast follow-history", "forecast fill-in",
    "request submit", "request withdraw", "request fill-in",
    "budget share", "budget propose", "budget bring", "budget bring-again",
    "confirmation contest", "project change-plan", "audit ask", "finding answer", "finding remedy",
    "report submit", "evaluation submit", "measure finish", "issue resolve",
    "meeting call", "meeting invite", "meeting reply", "meeting send", "meeting correct",
    "training invite", "training reply",
)
DECIDED_ONESELF = (
    "EXISTS (SELECT 1 FROM trail_entry e WHERE e.kind = OLD.kind AND e.record_id = OLD.record_id "
    "AND e.position > OLD.position AND e.by_id = OLD.by_id "
    f"AND e.verb NOT IN ({NO_DECISION}) AND substr(e.verb, 1, 8) <> 'refused-' "
    f"AND e.kind || ' ' || e.verb NOT IN ({', '.join(repr(one) for one in HANDS_IN)}))"
)


class Migration(migrations.Migration):
    """A paper stays once its record was decided on, also where whoever attached it decided."""

    dependencies = [("papers", "0003_closed_years")]
    operations = [
        RefuseWhen(
            "paper_decided_with_oneself", "papers_paper", "UPDATE",
            f"OLD.taken_back_at IS NULL AND NEW.taken_back_at IS NOT NULL AND {DECIDED_ONESELF}",
            "paper_decided_with: what was decided with it stays",
        ),
    ]
