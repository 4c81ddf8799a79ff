"""Forms of the call for agenda items."""

from django.utils.translation import gettext_lazy as _

from hub.forms.text_fields import TextField
from policy.deliberation.forms import PublicForm, text_area


class AgendaProposalForm(PublicForm):
    title = TextField(label=_("What should be on the agenda?"), max_length=200)
    reason = text_area(
        _("Why? What happens, where, and to whom?"),
        help_text=_("Tell what you saw. Leave out the names of private persons."),
    )
    requested_decision = text_area(_("What could the assembly decide?"), required=False)


class AnswerForm(PublicForm):
    """The secretariat's answer to a proposal for the agenda."""

    answer = text_area(_("Reason, for everybody to read"), rows=3)
