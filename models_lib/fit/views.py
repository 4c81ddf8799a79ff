"""The page that finds Models which fit a community; it stores nothing of what is entered."""

from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe
from wagtail.models import Locale

from hub.email.sending import absolute
from hub.web.navigation import site_of
from models_lib.fit.candidates import candidates
from models_lib.fit.form import FitForm
from models_lib.fit.ranking import rank

TICKED = ("place", "skill", "group")


@require_safe
@cache_control(private=True, no_cache=True)  # keeps what was entered out of shared caches
def fit(request):
    """The form; with anything filled in, every Model, the best fit first."""
    form = FitForm.from_query(request.GET)
    if not form.is_bound:
        return render(request, "models_lib/fit/page.html", {"form": form})
    if not form.is_valid():
        return render(request, "models_lib/fit/page.html", {"form": form}, status=422)
    area = form.chosen_area
    locale = Locale.objects.get(language_code=get_language())
    situation = form.situation(area)
    fits = rank(candidates(request, locale, form.cleaned_data["problem"]), situation)
    # The Model that was just answered about is shown open, else the first.
    opened = request.GET.get("open", "")
    opened = opened if any(f.key == opened for f in fits) else fits[0].key if fits else ""
    # (number, fit, hidden fields of its form of answers, whether it is shown open)
    rows = [
        (
            number, f,
            form.query_pairs(without={a.requirement.key for a in f.assessments}),
            f.key == opened,
        )
        for number, f in enumerate(fits, 1)
    ]
    context = {
        "form": form, "area": area, "situation": situation, "rows": rows,
        "ticked": [label for name in TICKED for label in form.chosen_labels(name)],
        "matching": [row for row in rows if row[1].matches_problem],
        "others": [row for row in rows if not row[1].matches_problem],
        "share_url": absolute(f"{reverse('fit')}?{form.query_string()}", site_of(request)),
    }
    return render(request, "models_lib/fit/page.html", context)
