"""The form field of an organisation: the one gate for which organisations may be chosen."""

from django import forms
from django.db.models import Q


class OrganisationChoiceField(forms.ModelChoiceField):
    """Offers and takes active organisations of ``queryset``, and the one that was chosen already:
    an organisation that has closed stays where it stands until somebody chooses another."""

    def get_bound_field(self, form, field_name):
        # Forms ask for their bound fields before they clean them.
        chosen = form.get_initial_for_field(self, field_name)
        chosen = getattr(chosen, "pk", chosen)
        self.queryset = self.queryset.filter(Q(is_active=True) | Q(pk=chosen))
        return super().get_bound_field(form, field_name)
