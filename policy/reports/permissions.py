"""Who may report, verify, take back and open what is not for the public."""

from django.contrib.auth.models import Group, Permission

from policy.models import VERIFIERS, Party


def add_groups(added) -> dict[str, int]:
    """The verifiers' group, and what editors and moderators do with follow-up, where missing."""
    _group, created = Group.objects.get_or_create(name=VERIFIERS)
    rights = {
        "Editors": ["add_verification", "view_verification"],
        "Moderators": ["add_verification", "view_verification", "add_withdrawal"],
    }
    for name, codenames in rights.items():
        group = Group.objects.filter(name=name).first()
        if group and created:  # later, the rights of a group are its administrator's business
            group.permissions.add(*Permission.objects.filter(
                content_type__app_label="policy", codename__in=codenames
            ))
    return {"verifiers": int(created)}


def may_report(user, party) -> bool:
    """Only who reports for the party, for its clauses."""
    return user.is_authenticated and user.is_active and party.members.filter(pk=user.pk).exists()


def is_verifier(user) -> bool:
    return user.is_authenticated and user.is_active and (
        user.groups.filter(name=VERIFIERS).exists()
    )


def may_verify(user, party) -> bool:
    """A community verifier, but nobody verifies her own party."""
    return is_verifier(user) and not may_report(user, party)


def may_withdraw(user, record) -> bool:
    """Who reports for the party, what it reported; verifiers, what they recorded themselves;
    moderators, both."""
    if record.withdrawn or not user.is_authenticated:
        return False
    if user.has_perm("policy.add_withdrawal"):
        return True
    if hasattr(record, "verifier_id"):
        return record.verifier_id == user.pk and is_verifier(user)
    return may_report(user, record.party)


def may_open_private_files(user, record) -> bool:
    """The party itself, community verifiers, and those who edit follow-up."""
    return user.is_authenticated and (
        user.has_perm("policy.view_clausereport")
        or is_verifier(user)
        or may_report(user, record.party)
    )


def parties_of(user):
    """The parties that ``user`` reports for."""
    return Party.objects.of_member(user)
