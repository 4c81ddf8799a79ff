"""Every door of the framework × the record of a published clause: none removes or changes it."""

from datetime import date, timedelta

import pytest
from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.db import connection, transaction
from django.db.models import ProtectedError
from django.test import Client
from django.urls import get_resolver, reverse
from django.utils import timezone
from wagtail.admin.views.bulk_action.registry import bulk_action_registry
from wagtail.models import Locale, Page, Site
from wagtail.test.utils.form_data import nested_form_data

from policy.models import (
    Amendment,
    Clause,
    ClauseTerms,
    ClauseTermsParty,
    Party,
    ResolutionPage,
    StatusPeriod,
)
from policy.models.clause_terms import HELD_ONCE
from tests.factories import home
from tests.policy.conftest import amend_clause, make_other_party, make_party, make_resolution

pytestmark = pytest.mark.django_db
REFUSALS = (ValidationError, ProtectedError, TypeError)
OTHER_DAY = date(2030, 1, 1)


@pytest.fixture
def published(hub):
    """The resolution, amended once, after a translation of it was published; and a superuser."""
    page = make_resolution(make_party(), make_other_party())
    english = page.get_parent().specific.copy_for_translation(
        Locale.objects.get(language_code="en"), copy_parents=True)
    english.save_revision().publish()
    twin = page.copy_for_translation(Locale.objects.get(language_code="en"))
    row = twin.clauses.get(number="1")
    row.text = "Mend the buoys"
    twin.clauses.add(row)
    twin.save_revision().publish()
    amend_clause(page, "2", due=date(2029, 1, 1))
    admin = get_user_model().objects.create_superuser("admin", "admin@example.org", "secret")
    return ResolutionPage.objects.get(pk=page.pk), admin


def record_of(page):
    """All that is kept and shown of the clauses of ``page``."""
    keys = list(ClauseTerms.objects.filter(
        resolution_key=page.translation_key).values_list("clause_key", flat=True))
    rows = Clause.objects.filter(page__translation_key=page.translation_key, page__alias_of=None)
    return {
        "rows": [
            (row.page_id, row.text, *(getattr(row, name) for name in HELD_ONCE),
             sorted(row.parties.values_list("pk", flat=True)))
            for row in rows.order_by("page_id", "number")
        ],
        "terms": list(ClauseTerms.objects.order_by("pk").values_list()),
        "parties": list(ClauseTermsParty.objects.order_by("pk").values_list()),
        "amendments": list(Amendment.objects.order_by("pk").values_list("pk", "reason")),
        "status": sorted(StatusPeriod.objects.filter(clause_key__in=keys).values_list(
            "clause_key", "party", "status", "since", "until", "is_named"), key=str),
    }


# Doors of code


def clause(page):
    return page.clauses.get(number="1")


def set_and_save(name, value):
    def door(page, admin):
        row = clause(page)
        setattr(row, name, value)
        row.save()
    return door


def publish_with(name, value):
    def door(page, admin):
        rows = list(page.clauses.all())
        setattr(rows[0], name, value)
        page.clauses = rows
        page.save_revision(clean=False).publish()
    return door


def publish_without(page, admin):
    page.clauses = list(page.clauses.all())[1:]
    page.save_revision().publish()


def publish_written_anew(page, admin):
    page.clauses = [Clause(number="1", text="อื่น", due=OTHER_DAY, locale=page.locale,
                           translation_key=clause(page).translation_key)]
    page.save_revision().publish()


def first_revision(page):
    """A revision from before the clauses said what they say, as an old hub may have."""
    revision = page.revisions.order_by("pk").first()
    revision.content["clauses"] = revision.content["clauses"] or [
        row | {"due": "2030-01-01", "text": "อื่น", "number": "9"}
        for row in page.latest_revision.content["clauses"][:1]
    ]
    revision.save()
    return revision


def publish_by_the_schedule(page, admin):
    revision = first_revision(page)
    revision.approved_go_live_at = timezone.now() - timedelta(minutes=1)
    revision.save()
    call_command("publish_scheduled")


def of_translation(door):
    return lambda page, admin: door(
        page.get_translation(Locale.objects.get(language_code="en")), admin)


def copy_and_delete(page, admin):
    copy = page.copy(update_attrs={"slug": "copy", "number": "7/7"}, keep_live=False)
    copy.delete()


def alias_and_delete(page, admin):
    alias = page.create_alias(update_slug="alias")
    page.save_revision().publish()
    alias.delete()


def move_adoption(page, admin):
    page.adopted_on = OTHER_DAY
    page.save_revision(clean=False).publish()


def erase_account(page, admin):
    get_user_model().objects.all().delete()


CODE = {
    **{f"save {name}": set_and_save(name, value) for name, value in (
        ("due", OTHER_DAY), ("number", "5"), ("text", "อื่น"), ("channel", "law"),
        ("measure", "อื่น"), ("target", 5))},
    **{f"publish {name}": publish_with(name, value) for name, value in (
        ("due", OTHER_DAY), ("due", None), ("number", "5"), ("text", "อื่น"), ("channel", "law"),
        ("parties", []), ("measure", "อื่น"), ("target", 5))},
    "publish without": publish_without,
    "publish written anew": publish_written_anew,
    "publish an earlier revision": lambda page, admin: first_revision(page).publish(),
    "publish by the schedule": publish_by_the_schedule,
    "move the adoption": move_adoption,
    "delete the row": lambda page, admin: clause(page).delete(),
    "delete rows": lambda page, admin: page.clauses.all().delete(),
    "update rows": lambda page, admin: Clause.objects.update(due=OTHER_DAY),
    "bulk_update": lambda page, admin: Clause.objects.bulk_update(
        [Clause(pk=clause(page).pk, due=OTHER_DAY)], ["due"]),
    "clear the parties": lambda page, admin: clause(page).parties.get_original_manager().clear(),
    "add a party": lambda page, admin: clause(page).parties.get_original_manager().add(
        Party.objects.get(organisation__slug="net")),
    "take clauses from a party": lambda page, admin: Party.objects.get(
        organisation__slug="tao").clauses.clear(),
    "delete a party": lambda page, admin: Party.objects.get(organisation__slug="tao").delete(),
    "delete all parties": lambda page, admin: Party.objects.all().delete(),
    "delete the page": lambda page, admin: page.delete(),
    "delete the assembly": lambda page, admin: page.get_parent().delete(),
    "delete all pages": lambda page, admin: Page.objects.filter(depth__gt=1).delete(),
    "delete the home page": lambda page, admin: home().delete(),
    "delete the site": lambda page, admin: Site.objects.all().delete(),
    "unpublish": lambda page, admin: page.unpublish(),
    "copy": copy_and_delete,
    "alias": alias_and_delete,
    "erase the accounts": erase_account,
    "change terms": lambda page, admin: ClauseTerms.objects.update(due=OTHER_DAY),
    "save terms": lambda page, admin: ClauseTerms.objects.first().save(),
    "delete terms": lambda page, admin: ClauseTerms.objects.all().delete(),
    "delete amendments": lambda page, admin: Amendment.objects.all().delete(),
    "save an amendment": lambda page, admin: Amendment.objects.first().save(),
    "purge revisions": lambda page, admin: call_command("purge_revisions", verbosity=0),
    "translation: due": of_translation(publish_with("due", OTHER_DAY)),
    "translation: text": of_translation(publish_with("text", "Other")),
    "translation: without": of_translation(publish_without),
    "translation: save": of_translation(set_and_save("due", OTHER_DAY)),
    "translation: delete": of_translation(lambda page, admin: page.delete()),
}


# Doors of the editor, found in the framework


def page_addresses():
    """The names of the editor's addresses that take one page."""
    return sorted(_walk(get_resolver()))


def _walk(resolver, namespaces=()):
    for pattern in resolver.url_patterns:
        if hasattr(pattern, "url_patterns"):
            below = (*namespaces, pattern.namespace) if pattern.namespace else namespaces
            yield from _walk(pattern, below)
        elif pattern.name and set(pattern.pattern.converters) <= {
            "page_id", "page_to_move_id", "page_pk", "resolution",
        } and pattern.pattern.converters:
            yield ":".join([*namespaces, pattern.name]), next(iter(pattern.pattern.converters))


def post(address, data=None):
    def door(page, admin):
        client = Client(raise_request_exception=True)
        client.force_login(admin)
        name, parameter = address
        answer = client.post(reverse(name, kwargs={parameter: page.pk}), data or {
            "next": "/admin/", "slug": "x", "new_title": "x", "new_slug": "x",
            "new_parent_page": page.get_parent().pk, "copy_subpages": "on",
            "include_descendants": "on", "confirm": "on"})
        assert answer.status_code < 500
    return door


def bulk(kind):
    def door(page, admin):
        client = Client()
        client.force_login(admin)
        address = reverse("wagtail_bulk_action", args=["wagtailcore", "page", kind])
        answer = client.post(f"{address}?id={page.pk}&next=/admin/", {"include_descendants": "on"})
        assert answer.status_code < 500
    return door


def form_data(page, **changes):
    rows = [
        {"id": row.pk, "number": row.number, "text": row.text, "channel": row.channel,
         "due": row.due or "", "parties": list(row.parties.values_list("pk", flat=True)),
         "measure": row.measure, "target": "", "target_unit": "", "ORDER": number, "DELETE": ""}
        for number, row in enumerate(page.clauses.order_by("sort_order"), 1)
    ]
    rows[0] |= changes
    def inline(rows=()):
        return {"TOTAL_FORMS": len(rows), "INITIAL_FORMS": len(rows), "MIN_NUM_FORMS": 0,
                "MAX_NUM_FORMS": 1000, **{str(n): row for n, row in enumerate(rows)}}
    return nested_form_data({
        "title": page.title, "slug": page.slug, "summary": "ย่อ", "number": page.number,
        "adopted_on": page.adopted_on, "adoption": "consensus", "licence": "cc-by-4.0",
        "action-publish": "1", "body-count": 0, "clauses": inline(rows),
        **{name: inline() for name in ("contributors", "attachments", "chain_links", "comments")},
    })


def submit(**changes):
    def door(page, admin):
        post(("wagtailadmin_pages:edit", "page_id"), form_data(page, **changes))(page, admin)
    return door


FORMS = {
    "form: due": submit(due="1/1/2573"), "form: number": submit(number="5"),
    "form: text": submit(text="อื่น"), "form: channel": submit(channel="law"),
    "form: parties": submit(parties=[]), "form: measure": submit(measure="อื่น"),
    "form: delete the row": submit(DELETE="1"),
    "form: another clause's row": submit(id=""),
    "form: translation": of_translation(submit(due="1/1/2573")),
    "form: translation, delete": of_translation(submit(DELETE="1")),
}


def test_no_door_changes_or_removes_it(published):
    page, admin = published
    doors = {
        **CODE, **FORMS,
        **{f"address {a[0]}": post(a) for a in page_addresses()},
        **{f"bulk {kind}": bulk(kind)
           for kind in bulk_action_registry.get_bulk_actions_for_model("wagtailcore", "page")
           for kind in [kind.action_type]},
    }
    before, broken, refused = record_of(page), [], 0
    assert any(status == "overdue" for _k, _p, status, *_rest in before["status"])
    for name, door in doors.items():
        with transaction.atomic():
            point = transaction.savepoint()
            try:
                door(ResolutionPage.objects.get(pk=page.pk), admin)
            except REFUSALS:
                refused += 1
            connection.needs_rollback = False
            if record_of(page) != before:
                broken.append(name)
            transaction.savepoint_rollback(point)
    print(f"{len(doors)} doors × the record of a clause, {refused} refused with an error, "
          f"{len(broken)} broken: {broken}")
    assert not broken and len(doors) > 70
