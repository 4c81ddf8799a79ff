"""Lessons in the templates of other apps."""

from django import template

from lessons.suggestions import answers

register = template.Library()


@register.inclusion_tag("lessons/at_hand.html", takes_context=True)
def lessons_at_hand(context, page, text="", data=None):
    """Lessons that fit, inside a form that writes ``page`` (a page or, before there is one, its
    type); ``text`` is what was typed so far, ``data`` what was posted. The view of the form hands
    what comes back to ``hub.pages.form_extensions``."""
    saved = "" if isinstance(page, type) else answers.text_of(page)
    request = context["request"]
    return {"asked": answers.asked_about(page, f"{text}\n{saved}", request, data)}


@register.inclusion_tag("lessons/used.html")
def lesson_used(lesson):
    """How often a lesson was used and not used, and where."""
    return {"used": answers.used_by_lesson([lesson])[lesson.translation_key]}

