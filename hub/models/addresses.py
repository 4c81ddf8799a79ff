"""Whose an e-mail address is: what is kept under an address alone belongs to who confirmed it."""

from allauth.account.models import EmailAddress
from django.db.models import Q


def addresses_of(user) -> set[str]:
    """The addresses that ``user`` has confirmed, in small letters.

    Not those that wait for it: anybody may type the address of somebody else there.
    """
    verified = EmailAddress.objects.filter(user=user, verified=True)
    found = {user.email, *verified.values_list("email", flat=True)}
    return {address.lower() for address in found if address}


def at_addresses_of(user, field="email") -> Q:
    """Rows whose ``field`` is an address that ``user`` has confirmed, however it is written."""
    condition = Q(pk__in=[])
    for address in sorted(addresses_of(user)):
        condition |= Q(**{f"{field}__iexact": address})
    return condition
