from django.db import migrations, models


class Migration(migrations.Migration):
    """The name of whom a code is for stands in the address that is printed, so it is not kept."""

    dependencies = [
        ('organisation', '0005_the_way_in'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='firstcode',
            name='used_code_is_forgotten',
        ),
        migrations.RemoveField(
            model_name='firstcode',
            name='name',
        ),
        migrations.AddConstraint(
            model_name='firstcode',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('used_at__isnull', True), models.Q(('hash', ''), _negated=True)), models.Q(('email', ''), ('hash', ''), ('used_at__isnull', False)), _connector='OR'), name='used_code_is_forgotten'),
        ),
    ]
