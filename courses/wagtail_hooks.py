"""The editor's side of courses: facilitators' files, and the way to bring in existing handouts."""

from wagtail import hooks

from courses.files import refuse_unless_handed_out


@hooks.register("before_serve_document")
def handouts_for_those_who_may_have_them(document, request):
    refuse_unless_handed_out(document, request)
