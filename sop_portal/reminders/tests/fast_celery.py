"""The portal's own Celery in a hurry: beat rings twice a second, leases, pauses and patience are seconds."""

from datetime import timedelta

import django
from django.conf import settings

from sop_portal.celery import EVERY_MINUTE, app

django.setup()

from sop_portal.foundation.notices import lease, outbox  # noqa: E402

settings.EMAIL_TIMEOUT = 3
lease.LEASE = timedelta(seconds=15)
outbox.LONGEST_BATCH = timedelta(seconds=3)
outbox.PAUSES = [timedelta(seconds=1)] * 10
outbox.SERVER_AWAY = timedelta(seconds=1)
app.conf.beat_schedule = {name: {"task": task, "schedule": 0.5} for name, task in EVERY_MINUTE.items()}
