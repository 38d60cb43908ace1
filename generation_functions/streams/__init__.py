"""Streams of rows and the scheduler that moves them."""
