"""Who may have a page, a document or a picture, and who may choose it in a form."""
