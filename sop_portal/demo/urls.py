"""The addresses of the demonstration: in with one button, and out of it for good."""

from django.urls import path

from sop_portal.demo.pages.leave import ask_to_leave, leave
from sop_portal.demo.pages.sign_in import sign_in

urlpatterns = [
    path("demo/sign-in/", sign_in, name="demo-sign-in"),
    path("demo/leave/", ask_to_leave, name="demo-leave"),
    path("demo/leave/now/", leave, name="demo-leave-now"),
]
