from typing import Any

from django.db import migrations

from sop_portal.foundation.kit.triggers import RefuseWhen, frozen_while

SAID = (
    "kind",
    "record_id",
    "part",
    "department_id",
    "cycle_id",
    "project_id",
    "sha256",
    "name",
    "description",
    "by_id",
    "at",
    "position",
    "replaces_id",
)
# By whom a paper is fixed: somebody else who did more with its record than write, talk and attach.
NO_DECISION = "'attach-paper', 'comment', 'create', 'edit', 'replace-paper', 'take-back-paper'"
DECIDED = (
    "EXISTS (SELECT 1 FROM trail_entry e WHERE e.kind = OLD.kind AND e.record_id = OLD.record_id "
    "AND e.position > OLD.position AND e.by_id IS NOT NULL AND e.by_id <> OLD.by_id "
    f"AND e.verb NOT IN ({NO_DECISION}) AND substr(e.verb, 1, 8) <> 'refused-')"
)


def begin(apps: Any, schema_editor: Any) -> None:
    """Nothing is used yet."""
    apps.get_model("papers", "PaperSpace").objects.get_or_create(pk=1)


class Migration(migrations.Migration):
    """A paper says for ever what it said, is never deleted, and is not taken back once somebody decided with it."""

    dependencies = [("papers", "0001_initial"), ("trail", "0002_append_only")]
    operations = [
        migrations.RunPython(begin, migrations.RunPython.noop),
        frozen_while("paper_says_what_it_said", "papers_paper", "OLD.id IS NOT NULL", SAID),
        frozen_while(
            "paper_taken_back_for_good", "papers_paper", "OLD.taken_back_at IS NOT NULL",
            ("file_id", "taken_back_at", "taken_back_by_id"),
        ),
        RefuseWhen(
            "paper_stays", "papers_paper", "DELETE", "OLD.id IS NOT NULL", "paper_stays: this never changes"
        ),
        RefuseWhen(
            "paper_decided_with", "papers_paper", "UPDATE",
            f"OLD.taken_back_at IS NULL AND NEW.taken_back_at IS NOT NULL AND {DECIDED}",
            "paper_decided_with: what was decided with it stays",
        ),
        RefuseWhen(
            "paper_keeps_its_file", "papers_paper", "UPDATE",
            "OLD.file_id IS NOT NULL AND NEW.file_id IS NOT NULL AND OLD.file_id <> NEW.file_id",
            "paper_keeps_its_file: this never changes",
        ),
        frozen_while("stored_file_stays_what_it_is", "papers_storedfile", "OLD.id IS NOT NULL", ("sha256", "size", "type")),
    ]
