"""The base layer: settings, knowledge pages, topics, areas and the chain between pages."""
