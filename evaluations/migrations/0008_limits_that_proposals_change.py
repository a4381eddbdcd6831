from importlib import import_module
from typing import Any

from django.db import migrations, models

# What an earlier one refuses is refused before anything is taken away.
figures_seen = import_module("evaluations.migrations.0006_figures_seen")
NEW = ("transfers", "deviations")


def forget(apps: Any, schema_editor: Any) -> None:
    """Going back, what the portal could not set by itself is said in words alone."""
    proposals = apps.get_model("evaluations", "ChangeProposal").objects.filter(setting__in=NEW)
    proposals.update(setting="", setting_of=None, stage="", due_on=None, amount=None)


class Migration(migrations.Migration):
    """A proposal may set what finance puts in force alone, and which results are explained."""

    dependencies = [
        ('evaluations', '0007_bounds_of_numbers'),
        ('planning', '0007_waived_counts_nothing'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='changeproposal',
            name='proposal_setting_is_whole',
        ),
        migrations.RunPython(migrations.RunPython.noop, forget),
        migrations.AlterField(
            model_name='changeproposal',
            name='setting',
            field=models.CharField(blank=True, choices=[('', 'Nothing by itself'), ('opens', 'The day a stage opens'), ('due', 'The due day of a stage'), ('grace', 'The day until which late work of a stage is accepted'), ('days-off', 'Deadlines on a day off move to the next working day'), ('receipts', 'The amount above which an expense needs a receipt'), ('approvals', 'The amount above which a second manager approves the budget'), ('transfers', 'The amount up to which finance puts transfers in force alone'), ('deviations', 'The deviation in percent beyond which a result is explained')], max_length=20, verbose_name='setting'),
        ),
        migrations.AddConstraint(
            model_name='changeproposal',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('amount__isnull', True), ('due_on__isnull', True), ('setting', ''), ('setting_of__isnull', True), ('stage', '')), models.Q(('amount__isnull', True), ('due_on__isnull', True), ('setting', 'days-off'), ('setting_of__isnull', False), ('stage', '')), models.Q(('amount__isnull', True), ('due_on__isnull', False), ('setting__in', ['opens', 'due', 'grace']), ('setting_of__isnull', False), ('stage__in', ['forecast', 'request', 'budget', 'execution', 'evaluation'])), models.Q(('amount__isnull', False), ('due_on__isnull', True), ('setting__in', ['receipts', 'approvals', 'transfers', 'deviations']), ('setting_of__isnull', False), ('stage', '')), _connector='OR'), name='proposal_setting_is_whole'),
        ),
        migrations.RunPython(migrations.RunPython.noop, figures_seen.refuse_to_go_back),
    ]
