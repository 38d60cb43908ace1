"""A run: its folder, its state, and its end."""
