"""Questions about products and services: price, stock, fit, and what to choose."""
