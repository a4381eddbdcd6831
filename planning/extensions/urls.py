"""Addresses of requests for more time."""

from django.urls import path

from planning.extensions.pages.ask import ask
from planning.extensions.pages.list import requests
from planning.extensions.pages.request import extension_request, request_step

urlpatterns = [
    path("", requests, name="extension-requests"),
    path("ask/", ask, name="extension-ask"),
    path("<key:pk>/", extension_request, name="extension-request"),
    path("<key:pk>/<slug:step>/", request_step, name="extension-request-step"),
]
