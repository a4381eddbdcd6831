"""Addresses that people had before: whoever changed the own one is found by the old one too."""

from sop_portal.sign_in.models import AddressChange


def former_addresses() -> dict[str, str]:
    """Every address that somebody had before, with the one this person has now, for as long as the change is kept."""
    carried_out = AddressChange.objects.filter(used_at__isnull=False, ended_at=None).order_by("used_at")
    return {before.casefold(): now for before, now in carried_out.values_list("before", "person__email")}
