from django.conf import settings
from django.db import migrations, models

NEW = ("opens", "grace", "days-off", "approvals")


def forget(apps, schema_editor):
    """Going back, what the portal could not set by itself is said in words alone."""
    proposals = apps.get_model("evaluations", "ChangeProposal").objects.filter(setting__in=NEW)
    proposals.update(setting="", setting_of=None, stage="", due_on=None, amount=None)


class Migration(migrations.Migration):
    """A proposal may set more of a year: when stages open and end, days off, and how many managers approve."""

    dependencies = [
        ('evaluations', '0002_promises'),
        ('planning', '0003_search_by_words'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
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
            field=models.CharField(blank=True, choices=[('', 'Nothing by itself'), ('opens', 'The day a stage opens'), ('due', 'The due day of a stage'), ('grace', 'The day until which late work of a stage is accepted'), ('days-off', 'Deadlines on a day off move to the next working day'), ('receipts', 'The amount above which an expense needs a receipt'), ('approvals', 'The amount above which a second manager approves the budget')], max_length=20, verbose_name='setting'),
        ),
        migrations.AddConstraint(
            model_name='changeproposal',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('amount__isnull', True), ('due_on__isnull', True), ('setting', ''), ('setting_of__isnull', True), ('stage', '')), models.Q(('amount__isnull', True), ('due_on__isnull', True), ('setting', 'days-off'), ('setting_of__isnull', False), ('stage', '')), models.Q(('amount__isnull', True), ('due_on__isnull', False), ('setting__in', ['opens', 'due', 'grace']), ('setting_of__isnull', False), ('stage__in', ['forecast', 'request', 'budget', 'execution', 'evaluation'])), models.Q(('amount__isnull', False), ('due_on__isnull', True), ('setting__in', ['receipts', 'approvals']), ('setting_of__isnull', False), ('stage', '')), _connector='OR'), name='proposal_setting_is_whole'),
        ),
        migrations.AlterField(
            model_name="meeting",
            name="lasts",
            field=models.PositiveSmallIntegerField(default=90, verbose_name="minutes long"),
        ),
        migrations.AlterField(
            model_name="meetingseries",
            name="lasts",
            field=models.PositiveSmallIntegerField(default=90, verbose_name="minutes long"),
        ),
        migrations.AlterField(
            model_name="trainingsession",
            name="lasts",
            field=models.PositiveSmallIntegerField(default=60, verbose_name="minutes long"),
        ),
    ]
