"""Form fields for what people type: text without what nobody sees, dates as Thailand writes them.

Every form of the hub uses these instead of Django's: public forms by name, model forms by
``model_fields.ModelForm``, the editor's by ``model_fields.use_in_the_editor``.
"""
