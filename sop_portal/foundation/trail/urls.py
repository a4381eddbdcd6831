"""Addresses of the trail."""

from django.urls import path

from sop_portal.foundation.trail import views

urlpatterns = [path("", views.trail, name="trail")]
