"""The tables of tickets."""
