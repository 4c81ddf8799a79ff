"""The course pack: handouts, manifest, offline pages, EPUB and PDF, as one zip or one by one."""
