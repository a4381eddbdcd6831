"""Celery: beat rings every minute, workers sweep and send. Redis (or a folder) carries only the bell."""

import os
from typing import Any

from celery import Celery
from django.conf import settings

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sop_portal.settings")

MINUTE, HOUR, DAY = 60.0, 3_600.0, 86_400.0
# What beat rings for. A ring that nobody heard within the minute is forgotten: the next one does the same.
EVERY_MINUTE = {
    "remind": "sop_portal.reminders.tasks.sweep",
    "send": "sop_portal.foundation.notices.tasks.send_mail",
}


def transport() -> dict[str, Any]:
    """The broker: Redis with short timeouts where REDIS_URL says so, else a folder under var/."""
    if settings.REDIS_URL:
        # A frozen Redis holds up the thread that rings the bell for a moment, and no page at all.
        short = {"socket_timeout": 2.0, "socket_connect_timeout": 0.5, "retry_on_timeout": False, "max_retries": 0}
        return {"broker_url": settings.REDIS_URL, "broker_transport_options": short | {"visibility_timeout": 600}}
    folder = settings.VAR_DIR / "broker"
    for name in ("queue", "processed", "control"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    options = {
        "data_folder_in": f"{folder}/queue",
        "data_folder_out": f"{folder}/queue",
        "control_folder": f"{folder}/control",
    }
    return {"broker_url": "filesystem://localhost", "broker_transport_options": options}


app = Celery("sop_portal")
app.conf.update(
    **transport(),
    accept_content=["json"],
    task_serializer="json",
    task_ignore_result=True,
    task_acks_late=True,
    task_reject_on_worker_lost=True,
    worker_prefetch_multiplier=1,
    # Longer than sending ever takes (see notices.outbox), shorter than Redis waits before it rings for it again.
    task_time_limit=480,
    task_soft_time_limit=420,
    broker_connection_retry_on_startup=True,
    beat_schedule_filename=str(settings.VAR_DIR / "beat"),
    broker_connection_timeout=2,
    worker_cancel_long_running_tasks_on_connection_loss=False,
    worker_max_memory_per_child=180_000,
    timezone="UTC",
    beat_schedule={
        name: {"task": task, "schedule": MINUTE, "options": {"expires": 55}} for name, task in EVERY_MINUTE.items()
    },
)
app.conf.beat_schedule["check the trail"] = {"task": "sop_portal.operations.tasks.check_trail", "schedule": DAY}
app.conf.beat_schedule["anchor the trail"] = {"task": "sop_portal.operations.tasks.anchor_trail", "schedule": HOUR}
app.conf.beat_schedule["purge"] = {"task": "sop_portal.people.tasks.purge", "schedule": DAY}
app.autodiscover_tasks(
    ["sop_portal.foundation.notices", "sop_portal.reminders", "sop_portal.operations", "sop_portal.people"]
)
