"""Addresses of requests for more time."""

from django.urls import path

from planning.extensions import views

urlpatterns = [
    path("", views.requests, name="extension-requests"),
    path("ask/", views.ask, name="extension-ask"),
    path("<int:pk>/", views.request, name="extension-request"),
    path("<int:pk>/<slug:step>/", views.request_step, name="extension-request-step"),
]
