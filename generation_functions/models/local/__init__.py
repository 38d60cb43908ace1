"""Embedding models in this process: a folder of weights is read, checked, told apart by its content, and asked."""
