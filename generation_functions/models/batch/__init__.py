"""The Batch API: requests gathered into jobs, submitted once, and collected whoever asks, now or in the next run."""
