"""A process starts with what every page needs; what one page or a worker needs is loaded there."""

import os
import subprocess
import sys

import pytest

NOT_AT_THE_START = (
    "amqp",
    "babel",
    "celery",
    "holidays",
    "icalendar",
    "kombu",
    "markdown_it",
    "lxml",
    "nh3",
    "pikepdf",
    "PIL",
    "prometheus_client",
    "pypdfium2",
    "python_calamine",
    "redis",
    "ua_parser",
    "xlsxwriter",
)
LOADED = """
import sys

import django

django.setup()
import sop_portal.urls

print(*sorted({name.partition(".")[0] for name in sys.modules}))
"""


@pytest.mark.slow
def test_a_web_process_starts_without_what_single_pages_and_workers_need() -> None:
    env = os.environ | {"DJANGO_SETTINGS_MODULE": "sop_portal.tests.settings"}
    loaded = subprocess.run([sys.executable, "-c", LOADED], env=env, check=True, capture_output=True, text=True).stdout
    assert "allauth" in loaded.split()
    assert set(NOT_AT_THE_START) & set(loaded.split()) == set()
