"""Who may do what in policy: the secretariat, editors, parties and community verifiers."""

from django.contrib.auth.models import Group, Permission

from hub.models import Organisation
from policy.models import VERIFIERS

# Deliberation


def is_secretariat(page, user) -> bool:
    """Whether ``user`` decides and moderates on ``page``: those who may publish it."""
    return user.is_authenticated and page.permissions_for_user(user).can_publish()


def may_adopt(draft, user) -> bool:
    """Whether ``user`` may create the resolution: editors who may add pages to the assembly."""
    return user.is_authenticated and (
        draft.assembly.permissions_for_user(user).can_add_subpage()
    )


def may_import_resolutions(user, assembly) -> bool:
    """Whether ``user`` may publish pages below ``assembly``."""
    return assembly.permissions_for_user(user).can_publish_subpage()


def may_amend(user, resolution) -> bool:
    """Whether ``user`` may amend a published resolution: those who may publish it."""
    return user.is_authenticated and resolution.permissions_for_user(user).can_publish()


# Follow-up


def add_groups(added) -> dict[str, int]:
    """Add the verifiers' group and its permissions where missing; returns how many were added."""
    _group, created = Group.objects.get_or_create(name=VERIFIERS)
    permissions = {
        "Editors": ["add_verification", "view_verification"],
        "Moderators": ["add_verification", "view_verification", "add_withdrawal"],
    }
    for name, codenames in permissions.items():
        group = Group.objects.filter(name=name).first()
        if group and created:  # later, administrators manage the permissions of a group
            group.permissions.add(*Permission.objects.filter(
                content_type__app_label="policy", codename__in=codenames
            ))
    return {"verifiers": int(created)}


def may_report(user, party) -> bool:
    """Whether ``user`` reports for ``party``."""
    return user.is_authenticated and user.is_active and party.members.filter(pk=user.pk).exists()


def is_verifier(user) -> bool:
    return user.is_authenticated and user.is_active and (
        user.groups.filter(name=VERIFIERS).exists()
    )


def may_verify(user, party) -> bool:
    """Whether ``user`` is a community verifier, and neither reports for ``party`` nor belongs to
    its organisation."""
    belongs = may_report(user, party) or party.organisation in Organisation.objects.of(user)
    return is_verifier(user) and not belongs


def may_withdraw(user, record) -> bool:
    """Whether ``user`` may withdraw a report or a verification.

    Members of the party may withdraw its reports, verifiers their own verifications, moderators
    both.
    """
    if record.withdrawn or not user.is_authenticated:
        return False
    if user.has_perm("policy.add_withdrawal"):
        return True
    if hasattr(record, "verifier_id"):
        return record.verifier_id == user.pk and is_verifier(user)
    return may_report(user, record.party)


def may_open_private_files(user, record) -> bool:
    """Whether ``user`` is a member of the party, a community verifier or edits reports."""
    return user.is_authenticated and (
        user.has_perm("policy.view_clausereport")
        or is_verifier(user)
        or may_report(user, record.party)
    )
