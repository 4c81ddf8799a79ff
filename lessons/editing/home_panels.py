"""The lists on Wagtail's home page without closed lessons of other organisations."""

from lessons.models import LessonPage

# Name of a list in the context of Wagtail's panels → page id of one of its rows.
PAGE_ID_OF_ROW = {
    "last_edits": lambda row: row[1].pk,
    "locked_pages": lambda page: page.pk,
    "workflow_states": lambda state: state.object_id,
}


def hide_closed_lessons(request, panels) -> None:
    """Filter the panels' lists: Wagtail shows what users edited, locked or own without asking
    whether they may still read it."""
    hidden = set(LessonPage.objects.hidden_from(request.user).values_list("pk", flat=True))
    if not hidden:
        return
    for panel in panels:
        panel.get_context_data = _filtered(panel.get_context_data, hidden)


def _filtered(get_context_data, hidden):
    def filtered_context_data(parent_context):
        context = get_context_data(parent_context)
        for name, page_id in PAGE_ID_OF_ROW.items():
            if name in context:
                context[name] = [row for row in context[name] if int(page_id(row)) not in hidden]
        return context

    return filtered_context_data
