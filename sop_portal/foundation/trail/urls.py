"""Addresses of the trail."""

from django.urls import path

from sop_portal.foundation.trail.pages import list as trail_list

urlpatterns = [path("", trail_list.trail, name="trail")]
