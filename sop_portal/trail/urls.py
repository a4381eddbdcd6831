"""Addresses of the trail."""

from django.urls import path

from sop_portal.trail import views

urlpatterns = [path("", views.trail, name="trail")]
