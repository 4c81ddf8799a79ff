"""The base layer: settings, knowledge pages, topics, areas and the chain between pages."""

__version__ = "1.0.0"
