"""Members of an organisation are the users of its group: whichever of both changes, the other
follows."""

from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.db.models.signals import m2m_changed, post_delete, post_save, pre_save

from hub.models import Membership, Organisation


def set_members(organisation, members, coordinators) -> None:
    """Let ``organisation`` have these users as members, in these roles, and no others.

    Who is in both lists is a coordinator.
    """
    roles = dict.fromkeys(members, Membership.Role.MEMBER)
    roles |= dict.fromkeys(coordinators, Membership.Role.COORDINATOR)
    for membership in organisation.memberships.exclude(user__in=roles):
        membership.delete()
    for user, role in roles.items():
        Membership.objects.update_or_create(
            organisation=organisation, user=user, defaults={"role": role}
        )


def export(user) -> list[dict]:
    """The memberships of ``user``, for the export of personal data."""
    return [
        {"organisation": m.organisation.name, "role": m.role, "since": m.since}
        for m in user.memberships.select_related("organisation").order_by("pk")
    ]


def erase(user) -> None:
    for membership in user.memberships.all():
        membership.delete()


# The group follows


def _membership_saved(sender, instance, raw=False, **kwargs):
    if not raw:
        instance.organisation.group.user_set.add(instance.user_id)


def _membership_deleted(sender, instance, **kwargs):
    instance.organisation.group.user_set.remove(instance.user_id)


def _organisation_deleted(sender, instance, **kwargs):
    Group.objects.filter(pk=instance.group_id).delete()


def _name_group(sender, instance, raw=False, **kwargs):
    """A group behind an organisation is named after it, whoever renames the group."""
    if raw or not instance.pk:
        return
    organisation = Organisation.objects.filter(group=instance).first()
    if organisation:
        instance.name = organisation.group_name()


# The memberships follow


def _groups_changed(sender, instance, action, **kwargs):
    """``instance`` is the user whose groups changed, or the group whose users did."""
    if action not in ("post_add", "post_remove", "post_clear"):
        return
    memberships = Membership.objects.all()
    if isinstance(instance, Group):
        memberships = memberships.filter(organisation__group=instance)
        in_groups = {
            (organisation, user)
            for organisation in Organisation.objects.filter(group=instance).values_list(
                "pk", flat=True)
            for user in instance.user_set.values_list("pk", flat=True)
        }
    else:
        memberships = memberships.filter(user=instance.pk)
        in_groups = {
            (organisation, instance.pk)
            for organisation in Organisation.objects.of(instance).values_list("pk", flat=True)
        }
    known = {(m.organisation_id, m.user_id): m for m in memberships}
    for pair in known.keys() - in_groups:
        known[pair].delete()
    for organisation, user in sorted(in_groups - known.keys()):
        Membership.objects.create(organisation_id=organisation, user_id=user)


def connect() -> None:
    post_save.connect(_membership_saved, sender=Membership)
    post_delete.connect(_membership_deleted, sender=Membership)
    post_delete.connect(_organisation_deleted, sender=Organisation)
    pre_save.connect(_name_group, sender=Group)
    m2m_changed.connect(_groups_changed, sender=get_user_model().groups.through)
