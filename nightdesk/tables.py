"""Every model of the database, imported so that it stands on ``Base.metadata``."""
