"""The editor's side of withdrawing: mark a page, lift the mark, review what rests on it."""

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import FormView
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.admin.widgets import AdminPageChooser

from hub.forms.text_fields import LongTextField, TextField
from hub.models import Flag, KnowledgePage, Withdrawal
from hub.withdrawals import rules
from hub.withdrawals.emails import caretakers_of
from hub.withdrawals.notices import notice_of, shown_in_editor_to


def may_withdraw(user, page) -> bool:
    return page.permissions_for_user(user).can_publish()


def may_review(user, page) -> bool:
    """Those who may publish the page, and those who look after it and may edit it."""
    rights = page.permissions_for_user(user)
    return rights.can_publish() or (rights.can_edit() and user in caretakers_of(page))


class WithdrawalForm(forms.Form):
    """What happened to the page; ``page`` is the one it is about."""

    kind = forms.ChoiceField(
        label=gettext_lazy("What happened to it"), choices=Withdrawal.Kind.choices,
        widget=forms.RadioSelect, initial=Withdrawal.Kind.WITHDRAWN,
        help_text=gettext_lazy("Withdrawn: it does not hold. Superseded: another page has it "
                               "better."),
    )
    reason = LongTextField(
        label=gettext_lazy("Reason"), max_length=2000, widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy("What is wrong with it and how that came out. Shown to readers."),
    )
    successor = forms.ModelChoiceField(
        label=gettext_lazy("Page that takes its place"), queryset=KnowledgePage.objects.live(),
        required=False, widget=AdminPageChooser(target_models=[KnowledgePage]),
    )

    def __init__(self, *args, page, **kwargs):
        super().__init__(*args, **kwargs)
        self.page = page

    def clean(self):
        cleaned = super().clean()
        successor = cleaned.get("successor")
        if cleaned.get("kind") == Withdrawal.Kind.SUPERSEDED and not successor:
            if "successor" not in self.errors:
                self.add_error("successor", _("Choose the page that takes its place."))
        elif successor and successor.translation_key == self.page.translation_key:
            self.add_error("successor", _("A page cannot take its own place."))
        elif successor and rules.is_withdrawn(successor):
            self.add_error("successor", _("That page is withdrawn or superseded itself."))
        return cleaned


class LiftingForm(forms.Form):
    because = LongTextField(
        label=gettext_lazy("Why it holds again"), max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}), help_text=gettext_lazy("Shown to readers."),
    )


class ReviewForm(forms.Form):
    """What a look at a flagged page found."""

    reviewer = TextField(
        label=gettext_lazy("Who reviewed it"), max_length=200,
        help_text=gettext_lazy("A person or a group. Shown to readers."),
    )
    checked = LongTextField(
        label=gettext_lazy("What was checked"), max_length=2000,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=gettext_lazy("What you compared and what you found. Shown to readers."),
    )
    outcome = forms.ChoiceField(
        label=gettext_lazy("Outcome"), choices=Flag.Outcome.choices, widget=forms.RadioSelect
    )

    def __init__(self, *args, outcomes, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["outcome"].choices = outcomes


class _PageFormView(WagtailAdminTemplateMixin, FormView):
    """A form about one page, in the editor's frame."""

    template_name = "hub/withdrawals/form.html"
    header_icon = "warning"
    intro = ""
    submit_label = gettext_lazy("Save")

    def dispatch(self, request, *args, **kwargs):
        if not self.is_allowed():
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    @cached_property
    def page(self):
        return get_object_or_404(KnowledgePage, pk=self.kwargs["page_id"]).specific

    def is_allowed(self) -> bool:
        return may_withdraw(self.request.user, self.page)

    def get_page_subtitle(self):
        return self.page.get_admin_display_title()

    def get_breadcrumbs_items(self):
        return [
            *self.breadcrumbs_items,
            {"url": self.get_success_url(), "label": self.page.get_admin_display_title()},
            {"url": "", "label": self.page_title},
        ]

    def get_success_url(self):
        return reverse("wagtailadmin_pages:edit", args=[self.page.pk])

    def form_invalid(self, form):
        return self.render_to_response(self.get_context_data(form=form), status=422)

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        return context | {
            "page": self.page, "intro": self.intro, "media": context["form"].media,
            "action_url": self.request.path, "submit_button_label": self.submit_label,
            "submit_button_active_label": _("Saving…"),
        }


class WithdrawView(_PageFormView):
    """Mark a page as withdrawn or superseded."""

    form_class = WithdrawalForm
    page_title = gettext_lazy("Withdraw")
    submit_label = gettext_lazy("Mark the page")
    intro = gettext_lazy(
        "The page stays at its address, with a notice above its text, in every language. "
        "Everything that rests on it is flagged until somebody reviewed it, and those who look "
        "after it are written to."
    )

    def get(self, request, *args, **kwargs):
        if rules.is_withdrawn(self.page):
            return redirect("hub_lift", self.page.pk)
        return super().get(request, *args, **kwargs)

    def post(self, request, *args, **kwargs):
        if rules.is_withdrawn(self.page):  # withdrawn concurrently, or submitted twice
            return redirect("hub_lift", self.page.pk)
        return super().post(request, *args, **kwargs)

    def get_form_kwargs(self):
        return super().get_form_kwargs() | {"page": self.page}

    def form_valid(self, form):
        made = rules.withdraw(self.page, by=self.request.user, **form.cleaned_data)
        messages.success(self.request, _(
            "Marked. %(number)s pages rest on it and are flagged until they are reviewed."
        ) % {"number": made.flags.count()})
        return super().form_valid(form)


class LiftView(_PageFormView):
    """Lift a withdrawal."""

    form_class = LiftingForm
    page_title = gettext_lazy("Lift the withdrawal")
    submit_label = gettext_lazy("It holds again")
    intro = gettext_lazy(
        "The notice above the text goes, and so do the flags that nobody reviewed yet. Readers can "
        "still see when it was withdrawn and why it holds again."
    )

    @cached_property
    def withdrawal(self):
        return get_object_or_404(Withdrawal.objects.standing(), key=self.page.translation_key)

    def get(self, request, *args, **kwargs):
        self.withdrawal  # noqa: B018 - 404 where none stands
        return super().get(request, *args, **kwargs)

    def form_valid(self, form):
        rules.lift(self.withdrawal, form.cleaned_data["because"], by=self.request.user)
        messages.success(self.request, _("The page holds again."))
        return super().form_valid(form)


class ReviewView(_PageFormView):
    """Record what a look at a flagged page found; of a reviewed flag, what was found."""

    form_class = ReviewForm
    page_title = gettext_lazy("Review")
    submit_label = gettext_lazy("Record the review")

    @cached_property
    def flag(self):
        return get_object_or_404(
            Flag.objects.select_related("withdrawal"), pk=self.kwargs["flag_id"]
        )

    @cached_property
    def page(self):
        """The flagged page, in the language where the reviewer has rights if there are several."""
        pages = KnowledgePage.objects.filter(translation_key=self.flag.key).order_by("locale_id")
        pages = [page.specific for page in pages]
        if not pages:
            raise Http404
        return next((p for p in pages if may_review(self.request.user, p)), pages[0])

    def is_allowed(self) -> bool:
        return may_review(self.request.user, self.page)

    def get_initial(self):
        return {"reviewer": self.request.user.get_full_name()}

    def get_form_kwargs(self):
        outcomes = [
            choice for choice in Flag.Outcome.choices
            if choice[0] != Flag.Outcome.WITHDRAWN or may_withdraw(self.request.user, self.page)
        ]
        return super().get_form_kwargs() | {"outcomes": outcomes}

    def post(self, request, *args, **kwargs):
        if not self.flag.is_open:
            return redirect(request.path)
        return super().post(request, *args, **kwargs)

    def form_valid(self, form):
        rules.review(self.flag, self.page, by=self.request.user, **form.cleaned_data)
        messages.success(self.request, _("The review is recorded and shown on the page."))
        return super().form_valid(form)

    def get_context_data(self, **kwargs):
        notice = notice_of(self.page, shown_in_editor_to(self.request.user))
        shown = next(
            (s for s in notice.flags + notice.reviews if s.flag.pk == self.flag.pk), None
        )
        return super().get_context_data(**kwargs) | {"flag": self.flag, "shown": shown}
