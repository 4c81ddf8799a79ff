"""Lessons in the templates of other apps."""

from django import template

from hub.models.generation import kept_of
from lessons.suggestions.suggest import page_text, suggestions_for
from lessons.usage.counts import usage_by_lesson

register = template.Library()


@register.inclusion_tag("lessons/suggestions/list.html", takes_context=True)
def lesson_suggestions(context, page, text="", data=None):
    """Lessons that fit, inside a form that writes ``page`` (a page or its type).

    ``text`` is what was typed so far, ``data`` what was posted. The view of the form passes the
    posted answers to ``hub.pages.form_extensions``.
    """
    saved = "" if isinstance(page, type) else page_text(page)
    request = context["request"]
    return {"suggestions": suggestions_for(page, f"{text}\n{saved}", request, data)}


@register.inclusion_tag("lessons/usage/section.html", takes_context=True)
def lesson_usage(context, lesson):
    """How often a lesson was used and not used, and where."""
    return {"usage": kept_of(
        context.get("request"), lesson, "usage",
        lambda: usage_by_lesson([lesson])[lesson.translation_key],
    )}
