"""The entrance for gunicorn; a portal without an administrator says its one-time code when it starts."""

import gc
import os

from django.core.wsgi import get_wsgi_application
from django.db import connections

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sop_portal.settings")
# What is loaded stays: nobody looks through it for what may go, neither now nor while pages are made.
gc.disable()
application = get_wsgi_application()

# Only now are the applications loaded that know the way in, and all addresses.
import sop_portal.urls  # noqa: E402, F401
from sop_portal.people import start_message  # noqa: E402

start_message.write()
# Web processes may be made from this one: none inherits its connection.
connections.close_all()
gc.freeze()
gc.enable()
