"""Taking an order: from the first wish to the order number."""
