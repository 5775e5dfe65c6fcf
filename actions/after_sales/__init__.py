"""What is asked about an order that is placed: where it is, changes, returns, invoices."""
