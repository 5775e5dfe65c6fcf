"""Measures the project beside the stock Rasa configuration."""
