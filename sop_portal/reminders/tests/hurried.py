"""The portal's own Celery in a hurry: beat rings every half second, and leases run out in seconds."""

from datetime import timedelta

import django

from sop_portal.celery import EVERY_MINUTE, app

django.setup()

from sop_portal.notices import outbox  # noqa: E402

outbox.LEASE = timedelta(seconds=4)
app.conf.beat_schedule = {name: {"task": task, "schedule": 0.5} for name, task in EVERY_MINUTE.items()}
