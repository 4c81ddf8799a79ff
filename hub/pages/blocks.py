"""Blocks that every kind of page is written with."""

from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.contrib.table_block.blocks import TableBlock
from wagtail.images.blocks import ImageChooserBlock

from hub.pages.sections import heading_anchor

PARAGRAPH_FEATURES = ["bold", "italic", "link", "document-link", "ol", "ul"]


class HeadingBlock(blocks.CharBlock):
    """A heading in the page; the chain, search and contents point to its anchor."""

    class Meta:
        icon = "title"
        label = _("Heading")
        template = "blocks/heading.html"
        form_classname = "title"
        preview_value = "วิธีทำทีละขั้น"
        description = _("Starts a part of the page that search can point to")

    def get_context(self, value, parent_context=None):
        context = super().get_context(value, parent_context)
        context["anchor"] = heading_anchor(value)
        return context


class QuoteBlock(blocks.StructBlock):
    """What somebody said."""

    text = blocks.TextBlock(label=_("quotation"))
    by = blocks.CharBlock(label=_("said by"), required=False)

    class Meta:
        icon = "openquote"
        label = _("Quotation")
        template = "blocks/quote.html"
        preview_value = {"text": "เราเริ่มจากกระชังเดียว", "by": "ประธานกลุ่ม"}
        description = _("A person's own words")


class FigureBlock(blocks.StructBlock):
    """A figure with its unit and how it was measured."""

    label = blocks.CharBlock(label=_("what was measured"))
    value = blocks.CharBlock(label=_("value"), max_length=60)
    unit = blocks.CharBlock(label=_("unit"), required=False, max_length=60)
    measured = blocks.TextBlock(label=_("how it was measured"), required=False)

    class Meta:
        icon = "order"
        label = _("Figure")


class FiguresBlock(blocks.ListBlock):
    """Several figures side by side."""

    def __init__(self, child_block=None, **kwargs):
        super().__init__(child_block or FigureBlock(), **kwargs)

    class Meta:
        icon = "order"
        label = _("Figures")
        template = "blocks/figures.html"
        preview_value = [
            {"label": "แม่ปูที่ฝาก", "value": "120", "unit": "ตัว", "measured": "สมุดบันทึก"}
        ]
        description = _("Results in numbers, each with how it was measured")


class StepBlock(blocks.StructBlock):
    """One step of a procedure."""

    title = blocks.CharBlock(label=_("step"))
    text = blocks.TextBlock(label=_("how"), required=False)

    class Meta:
        icon = "list-ol"
        label = _("Step")


class StepsBlock(blocks.ListBlock):
    """Steps in the order they are done."""

    def __init__(self, child_block=None, **kwargs):
        super().__init__(child_block or StepBlock(), **kwargs)

    class Meta:
        icon = "list-ol"
        label = _("Steps")
        template = "blocks/steps.html"
        preview_value = [{"title": "สำรวจ", "text": "เดินดูทุกบ้าน"}]
        description = _("A procedure, step by step")


class CalloutBlock(blocks.StructBlock):
    """Something the reader should not miss."""

    title = blocks.CharBlock(label=_("title"), required=False)
    text = blocks.TextBlock(label=_("text"))

    class Meta:
        icon = "warning"
        label = _("Note")
        template = "blocks/callout.html"
        preview_value = {"title": "ข้อควรระวัง", "text": "อย่าเริ่มในฤดูมรสุม"}
        description = _("A warning or a tip that stands out")


class PictureBlock(blocks.StructBlock):
    """A picture with its caption."""

    image = ImageChooserBlock(label=_("picture"))
    caption = blocks.CharBlock(label=_("caption"), required=False)

    class Meta:
        icon = "image"
        label = _("Picture")
        template = "blocks/image.html"
        description = _("A picture with a caption")


class StoryBlock(blocks.StreamBlock):
    """The body of a page, in the author's order."""

    heading = HeadingBlock()
    paragraph = blocks.RichTextBlock(
        label=_("Paragraph"),
        features=PARAGRAPH_FEATURES,
        template="blocks/paragraph.html",
        preview_value="<p>กลุ่มเริ่มประชุมครั้งแรกใต้ต้นหูกวางริมทะเล</p>",
        description=_("Text with links and lists"),
    )
    quote = QuoteBlock()
    figures = FiguresBlock()
    steps = StepsBlock()
    callout = CalloutBlock()
    picture = PictureBlock()
    table = TableBlock(label=_("Table"), template="blocks/table.html")


class ItemsBlock(blocks.StreamBlock):
    """A plain list of short texts: aims, questions, competences."""

    item = blocks.TextBlock(label=_("Item"), rows=2, preview_value="ทำบัญชีกลุ่มได้")
