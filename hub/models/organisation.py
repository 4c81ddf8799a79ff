"""Organisations: community groups, networks, agencies and others that people belong to."""

from django.conf import settings
from django.contrib.auth.models import Group
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.search import index

from hub.forms.organisation_fields import OrganisationChoiceField
from hub.models.topic import BilingualName

MAX_NAME_IN_GROUP = 90  # characters; auth.Group.name has room for 150, a slug for 50


class OrganisationQuerySet(models.QuerySet):
    def active(self):
        """Those that may be chosen."""
        return self.filter(is_active=True)

    def of(self, user):
        """Those that ``user`` is a member of. The group is asked, as Wagtail's privacy asks it."""
        return self.filter(group__user=user) if user.is_authenticated else self.none()


class Organisation(index.Indexed, BilingualName):
    """An organisation, with the auth group behind it.

    The users of the group are the members of the organisation (``hub.people.memberships`` keeps
    both in step), so that whatever is restricted to groups can be restricted to organisations. The
    group is created here, with the organisation, and deleted with it: groups for roles (Editors,
    Moderators and the like) never become organisations.
    """

    class Kind(models.TextChoices):
        COMMUNITY = "community", _("Community organisation")
        NETWORK = "network", _("Network")
        STATE_AGENCY = "state_agency", _("State agency")
        LOCAL_GOVERNMENT = "local_government", _("Local government")
        ACADEMIC = "academic", _("Academic institution")
        SCHOOL = "school", _("School")
        FAITH = "faith", _("Temple, mosque or other place of worship")
        BUSINESS = "business", _("Business")
        FOUNDATION = "foundation", _("Foundation or association")
        ASSEMBLY = "assembly", _("Assembly or committee")
        OTHER = "other", _("Other kind of organisation")

    slug = models.SlugField(
        _("slug"), unique=True, help_text=_("Latin letters, digits and hyphens; for addresses.")
    )
    kind = models.CharField(_("kind"), max_length=20, choices=Kind.choices)
    area = models.ForeignKey(
        "hub.Area", models.SET_NULL, null=True, blank=True, related_name="+",
        verbose_name=_("area"),
    )
    description = models.TextField(_("description"), max_length=500, blank=True)
    website = models.URLField(_("website"), blank=True)
    is_active = models.BooleanField(
        _("active"), default=True,
        help_text=_("One that is not active stays where it stands, but cannot be chosen any more."),
    )
    group = models.OneToOneField(
        Group, on_delete=models.PROTECT, editable=False, related_name="organisation"
    )
    members = models.ManyToManyField(
        settings.AUTH_USER_MODEL, through="hub.Membership", related_name="organisations"
    )

    objects = OrganisationQuerySet.as_manager()

    search_fields = [
        index.SearchField("name_th"),
        index.SearchField("name_en"),
        index.AutocompleteField("name_th"),
        index.AutocompleteField("name_en"),
    ]

    class Meta:
        verbose_name = _("organisation")
        verbose_name_plural = _("organisations")
        ordering = ["name_th", "pk"]

    @transaction.atomic
    def save(self, *args, **kwargs):
        """Save with a group of its own; ``group`` cannot be set from outside."""
        if self._state.adding:
            self.group = Group.objects.create(name=self.group_name())
        else:
            self.group = Group.objects.get(organisation=self.pk)
        super().save(*args, **kwargs)
        if self.group.name != self.group_name():
            self.group.save()  # which names it after the organisation

    def group_name(self) -> str:
        """The name of the group; the slug tells it from groups for roles."""
        name = f"{self.name_th[:MAX_NAME_IN_GROUP]} ({self.slug})"
        others = Group.objects.exclude(pk=self.group_id)
        number = 1
        while others.filter(name=name).exists():
            number += 1
            name = f"{self.name_th[:MAX_NAME_IN_GROUP]} ({self.slug} {number})"
        return name


class _ToOrganisation:
    """A relation to an organisation: every form chooses it through the same field."""

    def __init__(self, to="hub.Organisation", on_delete=models.SET_NULL, **options):
        super().__init__(to, on_delete, **options)

    def formfield(self, **options):
        return super().formfield(**{"form_class": OrganisationChoiceField} | options)

    def deconstruct(self):
        """For migrations, Django's own field."""
        name, _path, args, options = super().deconstruct()
        return name, f"django.db.models.{type(self).__mro__[2].__name__}", args, options


class OrganisationKey(_ToOrganisation, models.ForeignKey):
    pass


class OneOrganisation(_ToOrganisation, models.OneToOneField):
    pass


class MembershipQuerySet(models.QuerySet):
    def bulk_create(self, objs, *args, **options):
        """Also what ``user.organisations.add`` calls; it sends no signals, so the groups are told
        here."""
        created = super().bulk_create(objs, *args, **options)
        for membership in created:
            membership.organisation.group.user_set.add(membership.user_id)
        return created

    def update(self, **values):
        """Raises ValueError for a change of user or organisation: the groups could not follow."""
        if {"user", "user_id", "organisation", "organisation_id"} & values.keys():
            raise ValueError("A membership is of one user in one organisation.")
        return super().update(**values)


class Membership(models.Model):
    """That a user belongs to an organisation, in which role and since when."""

    class Role(models.TextChoices):
        MEMBER = "member", _("Member")
        COORDINATOR = "coordinator", _("Coordinator")

    organisation = OrganisationKey(on_delete=models.CASCADE, related_name="memberships")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="memberships"
    )
    role = models.CharField(_("role"), max_length=12, choices=Role.choices, default=Role.MEMBER)
    since = models.DateField(_("since"), default=timezone.localdate)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        verbose_name = _("membership")
        verbose_name_plural = _("memberships")
        ordering = ["organisation", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["organisation", "user"], name="unique_membership"),
        ]

    def __str__(self):
        return f"{self.organisation_id} {self.user_id}"

    def save(self, *args, **kwargs):
        """Raises ValueError for a change of user or organisation, as ``update`` does."""
        stored = Membership.objects.filter(pk=self.pk).values_list("organisation", "user").first()
        if stored and stored != (self.organisation_id, self.user_id):
            raise ValueError("A membership is of one user in one organisation.")
        super().save(*args, **kwargs)


class Affiliation(models.Model):
    """Where somebody says to belong: an organisation of the list, or one that is not in it.

    It makes nobody a member.
    """

    organisation = OrganisationKey(
        null=True, blank=True, related_name="+", verbose_name=_("organisation")
    )
    other_organisation = models.CharField(
        _("other organisation or group"), max_length=200, blank=True,
        help_text=_("Where the list does not have it."),
    )

    class Meta:
        abstract = True

    @property
    def affiliation(self) -> str:
        """What readers see, in their language; "" where nothing is known."""
        names = (str(self.organisation or ""), self.other_organisation)
        return " · ".join(filter(None, names))
