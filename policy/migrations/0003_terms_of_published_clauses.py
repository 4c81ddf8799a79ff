"""Keeps what the clauses of published resolutions ask, as they stand, once for all languages."""

from django.conf import settings
from django.db import migrations
from django.db.models import Q

HELD_ONCE = ("number", "channel", "due", "measure", "target", "target_unit")


def keep_terms(apps, schema_editor):
    Clause = apps.get_model("policy", "Clause")
    ClauseTerms = apps.get_model("policy", "ClauseTerms")
    ClauseTermsParty = apps.get_model("policy", "ClauseTermsParty")
    rows, known = {}, set(ClauseTerms.objects.values_list("clause_key", flat=True))
    for row in Clause.objects.filter(
        Q(page__live=True) | Q(page__first_published_at__isnull=False), page__alias_of=None,
    ).select_related("page", "locale").prefetch_related("parties").order_by("pk"):
        rows.setdefault(row.translation_key, []).append(row)
    for key, found in rows.items():
        if key in known:
            continue
        # The ledger has gone by this one so far.
        first = min(found, key=lambda row: (
            not row.page.live, row.locale.language_code != settings.LANGUAGE_CODE, row.pk))
        kept = ClauseTerms.objects.create(
            clause_key=key, resolution_key=first.page.translation_key,
            since=first.page.adopted_on, adopted_on=first.page.adopted_on,
            texts={row.locale.language_code: row.text for row in reversed(found)},
            **{name: getattr(first, name) for name in HELD_ONCE},
        )
        parties = list(first.parties.all())
        ClauseTermsParty.objects.bulk_create([
            ClauseTermsParty(terms=kept, party=party) for party in parties
        ])
        for row in Clause.objects.filter(translation_key=key, page__alias_of=None).exclude(
            pk=first.pk
        ):
            for name in HELD_ONCE:
                setattr(row, name, getattr(first, name))
            row.save()
            row.parties.set(parties)


class Migration(migrations.Migration):
    dependencies = [("policy", "0002_terms_of_clauses")]
    operations = [migrations.RunPython(keep_terms, migrations.RunPython.noop, elidable=True)]
