"""The page where a leader finds a Model that fits; nothing of what she says is kept."""

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
from models_lib.fit.ranking import ranked

TICKED = ("place", "skill", "group")


@require_safe
@cache_control(private=True, no_cache=True)  # what she wrote stays out of every shared memory
def fit(request):
    """The form; with anything filled in, every Model, the one that fits best first."""
    form = FitForm.of(request.GET)
    if not form.is_bound:
        return render(request, "models_lib/fit.html", {"form": form})
    if not form.is_valid():
        return render(request, "models_lib/fit.html", {"form": form}, status=422)
    area = form.chosen_area
    locale = Locale.objects.get(language_code=get_language())
    situation = form.situation(area)
    fits = ranked(candidates(request, locale, form.cleaned_data["problem"]), situation)
    # The Model that she just answered stands open, else the first.
    opened = request.GET.get("open", "")
    opened = opened if any(f.key == opened for f in fits) else fits[0].key if fits else ""
    # Number, Model, what its form of answers has to carry along, whether it stands open.
    placed = [
        (number, f, form.pairs(without={c.need.key for c in f.checks}), f.key == opened)
        for number, f in enumerate(fits, 1)
    ]
    context = {
        "form": form, "area": area, "situation": situation, "placed": placed,
        "ticked": [word for name in TICKED for word in form.chosen(name)],
        "telling": [row for row in placed if row[1].tells],
        "others": [row for row in placed if not row[1].tells],
        "share_url": absolute(f"{reverse('fit')}?{form.address()}", site_of(request)),
    }
    return render(request, "models_lib/fit.html", context)
