"""The page on which authors review a masked lesson, correct the masking and submit the copy."""

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from hub.forms.model_fields import ModelForm
from hub.thai.text import typed
from lessons.masking import masked_copy
from lessons.masking.masker import mask, pieces, skeleton
from lessons.models import LessonPage, MaskedLesson

KINDS = {
    "name": gettext_lazy("Name"), "place": gettext_lazy("Place"), "amount": gettext_lazy("Amount"),
    "organisation": gettext_lazy("Organisation"),
    "word": gettext_lazy("Your own word"), "phone": gettext_lazy("Telephone"),
    "email": gettext_lazy("E-mail"), "address": gettext_lazy("Web address"),
    "account": gettext_lazy("Account"), "number": gettext_lazy("Identity number"),
    "house": gettext_lazy("House number"), "date": gettext_lazy("Date"),
    "plate": gettext_lazy("Number plate"),
}
IDENTIFIES_NOBODY = "identifies nobody"  # kept as the reason of what the author answered
MAX_REASON_LENGTH = 300


class DecisionsForm(ModelForm):
    """More words to mask, and the title; ``posted_releases`` reads the released spans."""

    class Meta(ModelForm.Meta):
        model = MaskedLesson
        fields = ["title", "extra_words"]
        widgets = {"extra_words": forms.Textarea(attrs={"rows": 4})}


def posted_releases(data) -> tuple[dict, set]:
    """Released spans in posted ``data``: key → reason, and the keys without a reason."""
    released, lacking = {}, set()
    for name, key in data.items():
        number = name.removeprefix("key-")
        if name.startswith("key-") and data.get(f"show-{number}"):
            reason = typed(data.get(f"reason-{number}", ""))[:MAX_REASON_LENGTH]
            released[key] = reason
            if not reason:
                lacking.add(key)
    return released, lacking


def posted_answers(data) -> tuple[dict, list[str]]:
    """What the author answered of what looks like a name, in posted ``data``.

    The key of each text that may be read, with its reason, and the texts that shall be masked.
    """
    kept, masked = {}, []
    for name, text in data.items():
        number = name.removeprefix("look-")
        if not name.startswith("look-") or not (text := typed(text)):
            continue
        answer = data.get(f"answer-{number}")
        if answer == "keep":
            kept[skeleton(text)] = IDENTIFIES_NOBODY
        elif answer == "mask":
            masked.append(text)
    return kept, masked


def take_answers(decisions, data) -> set[str]:
    """Write the posted answers into ``decisions``; returns the keys that lack a reason."""
    decisions.released, lacking = posted_releases(data)
    kept, masked = posted_answers(data)
    decisions.released |= kept
    known = {skeleton(word) for word in decisions.extra_word_list}
    more = [text for text in dict.fromkeys(masked) if skeleton(text) not in known]
    decisions.extra_words = "\n".join([*decisions.extra_word_list, *more])
    return lacking


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def mask_lesson(request, page_id):
    """Original and copy side by side. POST saves the decisions; with ``hand-in`` it submits."""
    original = get_object_or_404(LessonPage, pk=page_id)
    if not original.permissions_for_user(request.user).can_edit():
        raise PermissionDenied
    lesson = masked_copy.latest_draft(original)
    decisions = MaskedLesson.objects.filter(original=original).first() or MaskedLesson(
        original=original
    )
    form, lacking, status = DecisionsForm(request.POST or None, instance=decisions), set(), 200
    is_asked = False
    if request.method == "POST":
        is_valid = form.is_valid()
        lacking = take_answers(decisions, request.POST)
        if not is_valid or lacking:
            status = 422
        elif "hand-in" not in request.POST:
            decisions.save()
        elif lesson.openness != LessonPage.Openness.ANONYMISED:
            messages.error(request, _(
                "First choose “%(choice)s” in the lesson and save it.") % {
                    "choice": LessonPage.Openness.ANONYMISED.label})
            status = 422
        elif request.POST.get("digest") != masked_copy.digest(lesson, decisions):
            decisions.save()
            messages.warning(request, _(
                "The copy is not the one you looked at any more. Please look at it again."))
            status = 422
        elif not masked_copy.review(lesson, decisions).is_done:
            decisions.save()
            messages.error(request, _(
                "Some questions are not answered yet. They are marked below."))
            status, is_asked = 422, True
        else:
            copy = masked_copy.submit(decisions, request.user)
            messages.success(request, _("The masked copy is published.") if copy.live else _(
                "The masked copy was sent to the moderators. They do not see the original."))
            return redirect(reverse("lesson_mask", args=[original.pk]))
    context = _context(lesson, decisions, form, lacking) | {"is_asked": is_asked}
    return render(request, "lessons/masking/mask.html", context, status=status)


def _context(lesson, decisions, form, lacking) -> dict:
    rules = masked_copy.rules_for(lesson, decisions)
    texts = masked_copy.labelled_texts(lesson)
    spans = masked_copy.all_spans(lesson, rules)
    review = masked_copy.review(lesson, decisions, rules)
    return {
        "review": review,
        "extra_words": form["extra_words"].value() if form.errors else decisions.extra_words,
        "looks_like_names": [
            {"text": text, "is_kept": skeleton(text) in decisions.released}
            for text in review.remaining
        ],
        "sources": [
            {
                "source": source, "is_shown": source.key in decisions.released,
                "reason": decisions.released.get(source.key, ""),
                "lacks_reason": source.key in lacking,
            }
            for source in review.sources
        ],
        "page": lesson, "decisions": decisions, "form": form, "copy": decisions.copy,
        "is_chosen": lesson.openness == LessonPage.Openness.ANONYMISED,
        "parts": [
            {"label": label, "pieces": list(pieces(text, rules))} for label, text in texts
        ],
        "title": mask(decisions.title or lesson.title, rules),
        "spans": [
            {
                "span": span, "kind": KINDS.get(span.kind, span.kind),
                "is_shown": span.key in decisions.released,
                "reason": decisions.released.get(span.key, ""),
                "lacks_reason": span.key in lacking,
            }
            for span in spans
        ],
        "digest": masked_copy.digest(lesson, decisions),
    }
