"""Parts of pages that look the same to everybody who may read them, rendered once; and those that
are each reader's own."""

from django import template
from django.template.base import token_kwargs
from django.utils.safestring import mark_safe

from hub.models.generation import SAFE_METHODS, kept
from hub.web.personal_parts import personal_mark

register = template.Library()

# What tells who asks, or for what in particular.
PERSONAL = {
    "user", "auser", "session", "COOKIES", "META", "headers", "GET", "POST", "FILES", "body",
    "read", "get_signed_cookie", "_messages", "has_personal_marks",
}


class SharedRequest:
    """A request as a shared part may know it: which site, which language."""

    def __init__(self, request):
        self.__dict__["_request"] = request

    def __getattr__(self, name):
        if name in PERSONAL:
            raise RuntimeError(f"A part that is shared by all readers asked for request.{name}.")
        return getattr(self._request, name)

    def __setattr__(self, name, value):
        setattr(self._request, name, value)


class SharedNode(template.Node):
    def __init__(self, nodes, name, key, variables):
        self.nodes, self.name, self.key, self.variables = nodes, name, key, variables
        self.child_nodelists = ("nodes",)

    def render(self, context):
        request = context.get("request")
        values = {name: value.resolve(context) for name, value in self.variables.items()}
        inner = context.new(values)
        if not self._is_published(context, request):
            inner["request"] = request
            return self.nodes.render(inner)
        inner["request"] = SharedRequest(request)
        key = ("part", self.name, request.get_host(), self.key.resolve(context))
        return kept(request, key, lambda: self.nodes.render(inner))

    @staticmethod
    def _is_published(context, request):
        """Whether the page is as it is published now: no draft, no earlier version."""
        if request is None or request.method not in SAFE_METHODS:
            return False
        page = context.get("page")
        return not getattr(request, "is_preview", False) and not context.get("version_read") and (
            getattr(page, "pages_above", ()) is not None
        )


@register.tag
def shared(parser, token):
    """Render what is between the tags once for all readers, until something changes.

    ``{% shared "card" item.pk item=item %}…{% endshared %}``: a name, what tells one such part from
    another, and the variables that it may use. It knows nothing else of the page around it, and
    cannot ask who reads.
    """
    name, key, *rest = token.split_contents()[1:]
    variables = token_kwargs(rest, parser)
    if rest:
        raise template.TemplateSyntaxError(f"“shared” takes name=value, not {rest[0]!r}.")
    nodes = parser.parse(("endshared",))
    parser.delete_first_token()
    return SharedNode(nodes, name.strip("\"'"), parser.compile_filter(key), variables)


@register.simple_tag(takes_context=True)
def personal(context, template_name, pk=""):
    """Include a template that shows the reader what is theirs alone; ``pk`` says of what.

    In a page that is built for all members (``hub.changelog.member_pages``) it is left out and
    rendered for each, who is no editor, with nothing but the request and ``pk``.
    """
    if getattr(context.get("request"), "has_personal_marks", False):
        return mark_safe(personal_mark(template_name, pk))
    with context.push(pk=pk):
        return context.template.engine.get_template(template_name).render(context)
