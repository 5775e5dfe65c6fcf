"""``nightdesk test``: every check of the project, in stages from fast to slow."""
