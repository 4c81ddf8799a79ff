"""What published clauses ask, day by day, and the gate that keeps it.

A clause that was published asks what its newest ``ClauseTerms`` say, whatever a form, an import or
a command writes into the page. Only an ``Amendment`` adds terms. They are held once for all
languages; of words they hold those of each language.
"""

from collections import defaultdict

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from policy.models.report import AppendOnlyRecord

# What a clause asks besides its words; ``parties`` belong to it too.
HELD_ONCE = ("number", "channel", "due", "measure", "target", "target_unit", "milestones")
# What a translation takes from the page in the first language.
OF_THE_RESOLUTION = ("number", "adopted_on", "adoption", "votes_for", "votes_against",
                     "votes_abstained")


class AppendOnlyQuerySet(models.QuerySet):
    """Rows that are added one by one; the public ways to change or delete many refuse."""

    def update(self, **values):
        raise TypeError(f"A {self.model.__name__} is append-only; create another one.")

    def bulk_create(self, objs, **options):
        if options.get("update_conflicts"):
            self.update()
        return super().bulk_create(objs, **options)


class Amendment(AppendOnlyRecord):
    """The act of amending a published resolution: why, since when, by whom."""

    resolution_key = models.UUIDField(db_index=True)  # translation_key of the resolution
    reason = models.TextField(gettext_lazy("reason"), max_length=1000)
    decided_on = models.DateField(gettext_lazy("decided on"))
    recorded_on = models.DateField(default=timezone.localdate)
    amended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    amended_by_name = models.CharField(max_length=120, blank=True)

    class Meta:
        verbose_name = gettext_lazy("amendment of a resolution")
        verbose_name_plural = gettext_lazy("amendments of resolutions")
        ordering = ["-recorded_on", "-pk"]

    def __str__(self):
        return self.reason[:60]


class ClauseTerms(AppendOnlyRecord):
    """What a published clause asks from the day ``since`` on, until newer terms."""

    clause_key = models.UUIDField(db_index=True)
    resolution_key = models.UUIDField(db_index=True)
    since = models.DateField()
    adopted_on = models.DateField()
    number = models.CharField(max_length=10)
    channel = models.CharField(max_length=10, blank=True)
    due = models.DateField(null=True)
    measure = models.TextField(blank=True)
    target = models.DecimalField(max_digits=15, decimal_places=2, null=True)
    target_unit = models.CharField(max_length=60, blank=True)
    milestones = models.TextField(blank=True, default="", db_default="")
    texts = models.JSONField(default=dict)  # language code → the clause in its words
    amendment = models.ForeignKey(
        Amendment, on_delete=models.PROTECT, null=True, related_name="terms"
    )
    parties = models.ManyToManyField(
        "policy.Party", through="policy.ClauseTermsParty", related_name="+"
    )

    objects = AppendOnlyQuerySet.as_manager()

    class Meta:
        verbose_name = gettext_lazy("terms of a clause")
        verbose_name_plural = gettext_lazy("terms of clauses")
        ordering = ["since", "pk"]

    def __str__(self):
        return f"{self.number}: {self.since}"

    @property
    def party_keys(self) -> frozenset[int]:
        """Primary keys of the parties; of prefetched rows without a query."""
        return frozenset(party.pk for party in self.parties.all())

    def add_words(self, language: str, text: str) -> None:
        """Note the words of a language that had none when these terms were made."""
        # A row that waits for its translation holds the words of another language.
        if language not in self.texts and text not in self.texts.values():
            self.texts[language] = text
            models.QuerySet(type(self)).filter(pk=self.pk).update(texts=self.texts)


class ClauseTermsParty(models.Model):
    """A party that terms name; it cannot be deleted while they do."""

    terms = models.ForeignKey(ClauseTerms, on_delete=models.CASCADE)
    party = models.ForeignKey("policy.Party", on_delete=models.PROTECT)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["terms", "party"], name="terms_name_a_party_once")
        ]

    def __str__(self):
        return f"{self.terms}: {self.party}"


def add_terms(amendment=None, *, parties, **values) -> ClauseTerms:
    """Create terms that name ``parties``."""
    terms = ClauseTerms.objects.create(amendment=amendment, **values)
    ClauseTermsParty.objects.bulk_create(
        [ClauseTermsParty(terms=terms, party=party) for party in parties])
    return terms


def current_terms(**filters) -> dict:
    """Clause key → its newest ``ClauseTerms``, with parties."""
    found = ClauseTerms.objects.filter(**filters).prefetch_related("parties")
    return {terms.clause_key: terms for terms in found.order_by("since", "pk")}


def terms_of_resolution(page) -> dict:
    """As ``current_terms``, of the clauses of a resolution that were published."""
    return current_terms(resolution_key=page.translation_key)


# The page


def original_of(page):
    """The page that holds for all languages what is no words: the one in the site's language,
    else the oldest. None where ``page`` is it, or an alias, or has no language yet."""
    if not page.locale_id or page.alias_of_id:
        return None
    if page.locale.language_code == settings.LANGUAGE_CODE:
        return None
    others = type(page).objects.filter(
        translation_key=page.translation_key, alias_of=None
    ).exclude(pk=page.pk)
    default = others.filter(locale__language_code=settings.LANGUAGE_CODE).first()
    if default or page.pk is None:
        return default or others.order_by("pk").first()
    return others.filter(pk__lt=page.pk).order_by("pk").first()


def hold(page) -> bool:
    """Give ``page``, in memory, what is held for it: clauses that were published as their terms
    have them, and in a translation all that is no words as the original has it.

    Whatever is missing is added; what was never published in an original stays as it is. Returns
    whether anything differed.
    """
    if page.alias_of_id:
        return False
    original, terms = original_of(page), terms_of_resolution(page)
    if not terms and original is None:
        return False
    values = {name: getattr(original, name) for name in OF_THE_RESOLUTION} if original else {}
    if terms:
        values["adopted_on"] = min(each.adopted_on for each in terms.values())
    differs = {name for name, value in values.items() if getattr(page, name) != value}
    for name in differs:
        setattr(page, name, values[name])
    rows = {row.translation_key: row for row in page.clauses.all()}
    held = dict(terms)
    if original is not None:
        for row in original.clauses.all():
            held.setdefault(row.translation_key, row)
    changed = [_write(page, rows, key, source) for key, source in held.items()]
    if any(changed):
        page.clauses = sorted(rows.values(), key=lambda row: (row.sort_order or 0, row.pk or 0))
    return bool(differs) or any(changed)


def _write(page, rows, key, source) -> bool:
    """Write ``source``, terms or a row of the original, into ``rows``; whether that changed any."""
    language = page.locale.language_code
    texts = getattr(source, "texts", None)
    row, changed = rows.get(key), False
    if row is None or row.pk is None:
        model = type(page).clauses.rel.related_model
        stored = page.pk and model.objects.filter(page=page.pk, translation_key=key).first()
        if row and stored:  # a list that was written anew: it is the same clause
            row.pk, row._state.adding, changed = stored.pk, False, True
        row = row or stored
    if row is None:
        row = model(translation_key=key, locale=page.locale, sort_order=len(rows) + 1)
        row.text = source.text if texts is None else next(iter(texts.values()), "")
    if key not in rows:
        rows[key], changed = row, True
    values = {name: getattr(source, name) for name in HELD_ONCE}
    if texts and language in texts:
        values["text"] = texts[language]
    for name, value in values.items():
        if getattr(row, name) != value:
            setattr(row, name, value)
            changed = True
    parties = list(source.parties.all())
    if row._state.adding or set(row.parties.all()) != set(parties):
        row.parties = parties
        changed = True
    return changed


def record_terms(page) -> None:
    """Keep what the clauses of a live page ask, where they are new, and their words."""
    if page.alias_of_id or not page.live:
        return
    known, language = terms_of_resolution(page), page.locale.language_code
    for row in page.clauses.all():
        if terms := known.get(row.translation_key):
            terms.add_words(language, row.text)
            continue
        add_terms(
            clause_key=row.translation_key, resolution_key=page.translation_key,
            since=page.adopted_on, adopted_on=page.adopted_on, texts={language: row.text},
            parties=row.parties.all(), **{name: getattr(row, name) for name in HELD_ONCE},
        )


def spread(page) -> None:
    """Have the other languages of ``page`` follow it."""
    if page.alias_of_id:
        return
    for other in type(page).objects.filter(
        translation_key=page.translation_key, alias_of=None
    ).exclude(pk=page.pk):
        if hold(other):
            other.save(clean=False)


def refuse_number_in_use(page, assembly) -> None:
    """Raise ValidationError where another resolution of ``assembly`` has the number of ``page``.

    What was stored with its number before this was asked stays; ``check_ledger`` names it.
    """
    stored = type(page).objects.filter(pk=page.pk, number=page.number)
    is_moved = assembly is not None and not (page.path or "").startswith(assembly.path)
    if page.alias_of_id or (page.pk and stored.exists() and not is_moved):
        return
    if number_is_taken(assembly, page.number, page):
        raise ValidationError({"number": taken_message(page.number)})


def refuse_two_of_one_number(page) -> None:
    """Raise ValidationError where a clause that was never published has another's number."""
    rows = defaultdict(list)
    for row in page.clauses.all():
        rows[row.number].append(row.translation_key)
    for number, keys in rows.items():
        if len(keys) > 1 and ClauseTerms.objects.filter(
            clause_key__in=keys
        ).values("clause_key").distinct().count() < len(keys):
            raise ValidationError(twice_message(number))


def number_is_taken(assembly, number, page=None) -> bool:
    """Whether ``assembly``, in any language, has another resolution with this number."""
    if assembly is None or not number:
        return False
    from_here = models.Q(pk__in=[])
    for path in type(assembly).objects.filter(
        translation_key=assembly.translation_key
    ).values_list("path", flat=True):
        from_here |= models.Q(path__startswith=path)
    model = ClauseTerms._meta.apps.get_model("policy.ResolutionPage")
    others = model.objects.filter(from_here, number=number, alias_of=None)
    if page is not None:
        others = others.exclude(translation_key=page.translation_key)
    return others.exists()


def taken_message(number) -> str:
    return _("The assembly has a resolution %(number)s already.") % {"number": number}


def twice_message(number) -> str:
    return _("There are two clauses with the number %(number)s.") % {"number": number}


# The row


def _terms_of(row) -> ClauseTerms | None:
    """The terms that ``row`` is held to; None of an alias and of what was never published."""
    if row.page.alias_of_id:
        return None
    return current_terms(clause_key=row.translation_key).get(row.translation_key)


def refuse_change(row) -> None:
    """Raise ValidationError where ``row`` differs from the terms of a published clause."""
    terms = _terms_of(row) if row.page_id is not None else None
    if terms is None:
        return
    language = row.locale.language_code
    wrong = [name for name in HELD_ONCE if getattr(row, name) != getattr(terms, name)]
    if row.text != terms.texts.get(language, row.text):
        wrong.append("text")
    if wrong:
        raise ValidationError({name: published_message() for name in wrong})


def published_message() -> str:
    return _("The clause was published. It changes only by amending the resolution.")


def refuse_deletion(row) -> None:
    """Raise ProtectedError for a published clause of a page that was ever out; aliases, drafts of
    translations and the demonstration may go."""
    page = row.page
    was_out = page.live or page.first_published_at
    if page.alias_of_id or page.is_demonstration or not was_out:
        return
    if ClauseTerms.objects.filter(clause_key=row.translation_key).exists():
        raise models.ProtectedError(
            _("Clause %(number)s was published and cannot be removed.") % {"number": row.number},
            {row},
        )


def refuse_other_parties(row, action, keys) -> None:
    """Raise ValidationError where parties other than those of the terms would be stored."""
    terms = _terms_of(row)
    if terms is None:
        return
    named = terms.party_keys
    if (action == "pre_add" and not set(keys) <= named) or (
        action == "pre_remove" and set(keys) & named
    ) or (action == "pre_clear" and named):
        raise ValidationError(published_message())


class ClauseQuerySet(models.QuerySet):
    """Rows of clauses; what was published is not changed many at a time."""

    def update(self, **values):
        guarded = {*HELD_ONCE, "text", "page", "translation_key", "locale"} & values.keys()
        published = ClauseTerms.objects.values("clause_key")
        if guarded and self.filter(translation_key__in=published, page__alias_of=None).exists():
            raise ValidationError(published_message())
        return super().update(**values)


@transaction.atomic
def forget_terms(keys) -> None:
    """Delete the terms of clauses that are gone: those of the demonstration."""
    found = models.QuerySet(ClauseTerms).filter(clause_key__in=keys)
    amendments = set(found.values_list("amendment", flat=True))
    found.delete()
    Amendment.objects.filter(pk__in=amendments, terms=None).delete()


