from django.apps import AppConfig


class SignInConfig(AppConfig):
    name = "sop_portal.sign_in"
    label = "sign_in"
