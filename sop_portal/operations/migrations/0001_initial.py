from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
    ]

    operations = [
        migrations.CreateModel(
            name='Backup',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField(db_index=True, verbose_name='when')),
                ('size', models.PositiveBigIntegerField(verbose_name='bytes')),
                ('is_encrypted', models.BooleanField(verbose_name='encrypted')),
                ('trail_end', models.CharField(blank=True, max_length=100, verbose_name='end of the trail')),
            ],
            options={
                'verbose_name': 'backup',
                'verbose_name_plural': 'backups',
            },
        ),
    ]
