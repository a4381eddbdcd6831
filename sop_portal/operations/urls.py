"""Addresses of what only a portal that was brought back needs."""

from django.urls import path

from sop_portal.operations.pages import held_mail

urlpatterns = [
    path("notices/mails/held/", held_mail.held_mail, name="held-mail"),
    path("notices/mails/held/send/", held_mail.send_held, name="held-mail-send"),
    path("notices/mails/held/withdraw/", held_mail.withdraw_held, name="held-mail-withdraw"),
]
