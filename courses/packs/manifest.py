"""The manifest of a pack: what is in it, with checksums, version, licence and citation."""

from datetime import datetime

from django.conf import settings
from django.utils import timezone

from courses.short_address import short_url, short_url_of_now
from hub.chain.relations import Relation
from hub.email.sending import absolute
from hub.models import HomePage
from hub.versions.citations import Work, in_english, in_thai
from hub.withdrawals.notices import notice_of

FORMAT = 1


def manifest_of(page, files) -> dict:
    """Of ``files`` (``PackFile``) of the curriculum ``page``, ready for JSON."""
    version = page.current_version
    return {
        "format": FORMAT,
        "curriculum": {
            "title": page.title,
            "summary": page.summary,
            "address": absolute(page.get_url() or ""),
            "short_address": short_url_of_now(page),
            "minutes": page.minutes,
            "sessions": [
                {"number": number, "key": str(session.key), "title": session.title,
                 "minutes": session.minutes}
                for number, session in enumerate(page.sessions.all(), 1)
            ],
        },
        "version": version.number if version else None,
        "published": _day(version.published_at) if version else None,
        "what_changed": version.note if version else "",
        "supersedes": _version_before(page, version),
        "successor": _successor(page),
        "withdrawn": withdrawn_of(page),
        "teaches": [
            {"page": taught.pk, "title": taught.title, "version": version_number(taught)}
            for taught in taught_by(page)
        ],
        "licence": {"code": page.licence, "name": str(page.get_licence_display())},
        "citation": citation_of(page),
        "language": page.locale.language_code,
        "translations": _translations(page),
        "files": [
            {
                "path": file.path, "bytes": file.size, "sha256": file.sha256,
                "title": file.title, "session": file.session,
                "facilitator_only": file.facilitator_only, "kind": file.kind,
                "document": file.document,
            }
            for file in files
        ],
    }


def _day(moment) -> str:
    """The date in the hub's time zone, whatever zone is active: the same bytes on every day."""
    return moment.astimezone(timezone.get_default_timezone()).date().isoformat()


def _version_before(page, version) -> dict | None:
    before = version and page.published_versions.filter(number__lt=version.number).first()
    return {"version": before.number, "published": _day(before.published_at)} if before else None


def _successor(page) -> dict | None:
    """What takes the place of a withdrawn course, if anybody may read it."""
    found = notice_of(page).successor
    return {"title": found.title, "address": absolute(found.get_url() or "")} if found else None


def _translations(page) -> list[dict]:
    """The same course in other languages, as far as anybody may read it."""
    twins = type(page).objects.open_to_all().filter(translation_key=page.translation_key)
    others = twins.exclude(pk=page.pk)
    return [
        {"language": other.locale.language_code, "title": other.title,
         "address": absolute(other.get_url() or ""), "short_address": short_url(other)}
        for other in others.select_related("locale").order_by("locale__language_code")
    ]


def taught_by(page) -> list:
    """The Models and lessons that ``page`` teaches and anybody may read, in order."""
    return [step.page for step in page.chain_for_readers().get(Relation.TEACHES, [])]


def version_number(page) -> int | None:
    version = page.specific.current_version
    return version.number if version else None


def withdrawals_of(page) -> list[tuple]:
    """What of ``page``, or of what it rests on at any depth, was withdrawn and not reviewed.

    Pairs of the title and the ``Withdrawal``; what not everybody may read is left out.
    """
    notice = notice_of(page)
    found = [(page.title, notice.withdrawal)] if notice.withdrawal else []
    return found + [(shown.withdrawn.title, shown.flag.withdrawal)
                    for shown in notice.flags if shown.withdrawn]


def withdrawn_of(page) -> list[dict]:
    """``withdrawals_of`` in words."""
    return [
        {"title": title, "kind": withdrawal.kind, "reason": withdrawal.reason,
         "on": _day(withdrawal.at)}
        for title, withdrawal in withdrawals_of(page)
    ]


def changed_at(page) -> datetime | None:
    """The last moment at which the content of the pack changed, the same whenever it is asked for:
    a version, a withdrawal or its end, a review, a newer text of what it teaches."""
    version, notice = page.current_version, notice_of(page)
    moments = [version and version.published_at, notice.withdrawal and notice.withdrawal.at]
    moments += [withdrawal.lifted_at for withdrawal in notice.lifted]
    moments += [shown.flag.withdrawal.at for shown in notice.flags]
    moments += [shown.flag.reviewed_at for shown in notice.reviews]
    moments += [taught.last_published_at for taught in taught_by(page)]
    return max(filter(None, moments), default=None)


def citation_of(page) -> dict | None:
    """The published version in words, ``th`` and ``en``; the same on every day."""
    version = page.current_version
    if version is None:
        return None
    day = timezone.localtime(version.published_at).date()
    english = HomePage.objects.filter(locale__language_code="en").first()
    work = Work(
        key=f"page{page.pk}v{version.number}", title=page.title,
        authors=tuple(person.name for person in page.contributors.all()),
        version=version.number, published=day, accessed=day,
        url=absolute(f"{page.get_url() or ''}v/{version.number}/"),
        language=page.locale.language_code, publisher_th=settings.WAGTAIL_SITE_NAME,
        publisher_en=english.title if english else settings.WAGTAIL_SITE_NAME,
    )
    return {"th": in_thai(work), "en": in_english(work)}
