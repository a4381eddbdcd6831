"""The one address of the demonstration."""

from django.urls import path

from sop_portal.demo.pages.sign_in import sign_in

urlpatterns = [path("demo/sign-in/", sign_in, name="demo-sign-in")]
