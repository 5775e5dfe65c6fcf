"""What sentences mean, as vectors; shared by understanding and the knowledge base."""
