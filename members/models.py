"""What is stored of a member in addition to the user account."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from hub.models import Affiliation

# The version of the text in templates/members/privacy/; members are asked to consent to a new one.
PRIVACY_NOTICE = "4"


class MemberQuerySet(models.QuerySet):
    def of(self, user) -> "Member":
        """The member of ``user``; one that is not stored yet for accounts that an administrator
        created, so that reading writes nothing."""
        members = self.select_related("area__parent", "organisation")
        return members.filter(user=user).first() or Member(user=user)


class Member(Affiliation):
    """Organisation and area of a user, as they say, and their consent to the privacy notice."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, related_name="member")
    area = models.ForeignKey(
        "hub.Area", models.SET_NULL, null=True, blank=True, related_name="+",
        verbose_name=_("area"),
    )
    consent_version = models.CharField(max_length=10, blank=True, editable=False)
    consented_at = models.DateTimeField(null=True, editable=False)
    second_step_asked_at = models.DateTimeField(null=True, editable=False)

    objects = MemberQuerySet.as_manager()

    class Meta:
        verbose_name = _("member")
        verbose_name_plural = _("members")

    def __str__(self):
        return f"member {self.pk}"

    @property
    def has_current_consent(self) -> bool:
        """Whether the member agreed to the current version of the notice."""
        return self.consent_version == PRIVACY_NOTICE

    def give_consent(self) -> None:
        """Record consent to the current version of the notice."""
        self.consent_version, self.consented_at = PRIVACY_NOTICE, timezone.now()
        self.save()


class AttemptCounter(models.Model):
    """How often signing in failed for one pair of account and device or network, one account, or
    one network; ``key`` is a keyed hash, so it says of whom to nobody. See
    ``members.sign_in.throttle``."""

    key = models.CharField(max_length=64, primary_key=True)
    level = models.FloatField(default=0)
    last_at = models.DateTimeField()
    expires_at = models.DateTimeField(db_index=True)

    class Meta:
        verbose_name = _("counter of failed sign-ins")
        verbose_name_plural = _("counters of failed sign-ins")

    def __str__(self):
        return f"{self.key[:8]}: {self.level:.1f}"
