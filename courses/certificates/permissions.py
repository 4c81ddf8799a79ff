"""Who may download, revoke or anonymise a certificate."""

from courses.runs.permissions import may_confirm, may_lead


def may_download(user, certificate) -> bool:
    """Whether ``user`` gets the PDF: holders and leaders of the group, while it is valid."""
    enrolment = certificate.enrolment
    if enrolment is None or not certificate.is_valid or not user.is_authenticated:
        return False
    return enrolment.user_id == user.pk or may_lead(user, enrolment.run)


def may_revoke(user, certificate) -> bool:
    return bool(certificate.enrolment) and may_confirm(user, certificate.enrolment.run)


def may_erase_name(user, certificate) -> bool:
    """Only for holders without an account: others erase their data by closing their account."""
    enrolment = certificate.enrolment
    return bool(
        enrolment and enrolment.user_id is None and not certificate.erased_at
        and may_confirm(user, enrolment.run)
    )
