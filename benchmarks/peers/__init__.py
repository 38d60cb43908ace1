"""Other tools at the same task: a file for each, run in an environment of its own."""
