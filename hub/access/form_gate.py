"""The gate that every form passes: an id that its user may not choose is refused.

It stands where Django cleans a bound field and where Wagtail cleans a block, so a new field, block
or form passes it without doing anything. What is refused is refused in the words for an id that
does not exist. What the page held before may stay: an editor can save a page onto which somebody
entitled put something closed.
"""

from __future__ import annotations

from collections.abc import Callable
from contextvars import ContextVar
from functools import wraps
from typing import Any, NamedTuple

from django import forms
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext as _
from modelcluster.forms import ClusterForm
from wagtail import blocks
from wagtail.admin.rich_text.converters.html_to_contentstate import PageLinkElementHandler
from wagtail.admin.widgets import BaseChooser
from wagtail.documents.rich_text.contentstate import DocumentLinkElementHandler
from wagtail.images.rich_text.contentstate import ImageElementHandler
from wagtail.models import ReferenceIndex

from hub.access.choosing import Reference, current_user, reference
from hub.access.chosen import Chosen, named_in, named_in_block, references_among

NO_PICTURE = "data:image/gif;base64,R0lGODlhAQABAAAAACH5BAEKAAEALAAAAAABAAEAAAICTAEAOw=="


class Choosing(NamedTuple):
    """Who fills in the field that is cleaned now, and what it held before."""

    user: Any
    before: frozenset[Reference]


_held: ContextVar[frozenset[Reference]] = ContextVar("held", default=frozenset())
_choosing: ContextVar[Choosing | None] = ContextVar("choosing", default=None)


# References


def references_in(field: forms.Field, value: Any) -> frozenset[Reference]:
    """What ``value``, cleaned by ``field`` or its initial value, names."""
    return references_among(named_in(field, value))


def references_of(instance: models.Model) -> frozenset[Reference]:
    """What ``instance``, as it is in memory, names in its fields and in its rows."""
    from django.contrib.contenttypes.models import ContentType

    return references_among(
        (ContentType.objects.get_for_id(content_type).model_class(), pk)
        for content_type, pk, *_path in ReferenceIndex._extract_references_from_object(instance)
    )


# Forms


def _gated_field(clean: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(clean)
    def clean_bound_field(field: forms.Field, bound: forms.BoundField) -> Any:
        user = getattr(bound.form, "for_user", None) or current_user()
        if user is None or field.disabled or (user.is_active and user.is_superuser):
            return _cleaned(clean, field, bound)
        before = _held.get() | references_in(field, bound.initial)
        token = _choosing.set(Choosing(user, before))
        try:
            value = _cleaned(clean, field, bound)
            if not isinstance(field, blocks.BlockField):  # its blocks are gated one by one
                for refused in _refused(references_in(field, value)):
                    raise _error(field, refused)
            return value
        finally:
            _choosing.reset(token)

    return clean_bound_field


def _cleaned(clean: Callable[..., Any], field: forms.Field, bound: forms.BoundField) -> Any:
    try:
        return clean(field, bound)
    except OverflowError:  # SQLite's, on an id of more digits than it stores
        raise _error(field, Reference(None, str(bound.data))) from None


def _refused(references: frozenset[Reference]) -> list[Reference]:
    choosing = _choosing.get()
    if choosing is None:
        return []
    new = references - choosing.before
    if not new:
        return []
    chosen = Chosen.present() or Chosen()
    return sorted(new - chosen.choosable(choosing.user, new), key=lambda ref: ref.pk)


def _error(field: forms.Field, refused: Reference) -> ValidationError:
    if isinstance(field, forms.ModelChoiceField):
        return ValidationError(
            field.error_messages["invalid_choice"], code="invalid_choice",
            params={"value": refused.pk},
        )
    return ValidationError(
        _("A link in this text leads to something that cannot be chosen. Take it away or choose "
          "another one."), code="invalid_choice",
    )


def _holding(is_valid: Callable[[Any], bool]) -> Callable[[Any], bool]:
    """Rows of a draft have no ids, so their forms do not know what they held; the page does."""

    @wraps(is_valid)
    def is_valid_with_rows(form: ClusterForm) -> bool:
        if not form.is_bound or form.instance is None:
            return is_valid(form)
        token = _held.set(_held.get() | references_of(form.instance))
        try:
            return is_valid(form)
        finally:
            _held.reset(token)

    return is_valid_with_rows


# Blocks


def _gated_block(clean: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(clean)
    def clean_block(block: Any, value: Any) -> Any:
        try:
            cleaned = clean(block, value)
        except OverflowError:
            raise _error(block.field, Reference(None, str(getattr(value, "pk", "")))) from None
        for refused in _refused(references_among(named_in_block(block, cleaned))):
            raise _error(block.field, refused)
        return cleaned

    return clean_block


def _with_what_was_posted(value_from_form: Callable[..., Any]) -> Callable[..., Any]:
    """An id that leads nowhere stays in the value until it is refused; Wagtail drops it."""

    @wraps(value_from_form)
    def value_or_what_was_posted(block: Any, value: Any) -> Any:
        try:
            found = value_from_form(block, value)
        except (ValueError, TypeError, OverflowError):
            found = None
        if found is None and value not in (None, ""):
            return block.model_class(pk=value)
        return found

    return value_or_what_was_posted


# What the form shows of what was chosen


def is_hidden(model: Any, pk: Any) -> bool:
    """Whether the user of the form must not learn the title of ``pk``, nor whether it exists."""
    user, ref = current_user(), reference(model, pk)
    if user is None or ref is None or (user.is_active and user.is_superuser):
        return False
    return not (Chosen.present() or Chosen()).knows(user, ref)


def _masked_chooser(get_value_data: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(get_value_data)
    def masked_value_data(chooser: Any, value: Any) -> Any:
        if value in (None, ""):
            return None
        pk = getattr(value, "pk", value)
        is_posted = isinstance(value, models.Model) and value._state.adding
        try:
            hidden = is_posted or is_hidden(chooser.model_class, pk)
            if not hidden and (data := get_value_data(chooser, value)):
                return data
        except (ValueError, TypeError, OverflowError):
            pass
        return {
            "id": str(pk)[:20], "edit_url": "", "parent_id": None, "default_alt_text": "",
            "preview": {"url": NO_PICTURE, "width": 1, "height": 1},
            chooser.display_title_key: _("Not open to you"),
        }

    return masked_value_data


def _masked_link(
    model_of: Callable[[], Any], nothing: dict[str, Any], data_of: Callable[[Any], dict[str, Any]]
) -> Callable[..., Any]:
    def decorate(get_attribute_data: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(get_attribute_data)
        def masked_attribute_data(handler: Any, attrs: dict[str, str]) -> dict[str, Any]:
            pk = attrs.get("id", "")
            if not pk.isdecimal() or is_hidden(model_of(), pk):
                return {"id": int(pk) if pk.isdecimal() else None} | nothing
            chosen = Chosen.present()
            if chosen and (linked := chosen.find(model_of(), pk)):
                return data_of(linked)
            return get_attribute_data(handler, attrs)

        return masked_attribute_data

    return decorate


def _data_of_page(page: Any) -> dict[str, Any]:
    parent = page.get_parent()
    return {"id": page.pk, "url": page.url, "parentId": parent.pk if parent else None}


def _data_of_document(document: Any) -> dict[str, Any]:
    return {"id": document.pk, "url": document.url, "filename": document.filename}


def _masked_image(create_entity: Callable[..., Any]) -> Callable[..., Any]:
    from wagtail.images import get_image_model

    @wraps(create_entity)
    def masked_entity(handler: Any, name: str, attrs: dict[str, str], *state: Any) -> Any:
        pk = attrs.get("id", "")
        if pk.isdecimal() and not is_hidden(get_image_model(), pk):
            return create_entity(handler, name, attrs, *state)
        entity = create_entity(handler, name, attrs | {"id": "0"}, *state)
        entity.data["id"] = pk
        return entity

    return masked_entity


def install() -> None:
    """Put up the gate; called once, when the apps are ready."""
    from wagtail.documents import get_document_model
    from wagtail.models import Page

    for owner, name, gate in (
        (forms.Field, "_clean_bound_field", _gated_field),
        (ClusterForm, "is_valid", _holding),
        (blocks.ChooserBlock, "clean", _gated_block),
        (blocks.RichTextBlock, "clean", _gated_block),
        (blocks.ChooserBlock, "value_from_form", _with_what_was_posted),
        (BaseChooser, "get_value_data", _masked_chooser),
        (PageLinkElementHandler, "get_attribute_data",
         _masked_link(lambda: Page, {"url": None, "parentId": None}, _data_of_page)),
        (DocumentLinkElementHandler, "get_attribute_data",
         _masked_link(get_document_model, {}, _data_of_document)),
        (ImageElementHandler, "create_entity", _masked_image),
    ):
        setattr(owner, name, gate(getattr(owner, name)))
