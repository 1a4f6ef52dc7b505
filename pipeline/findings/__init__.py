"""Findings: overlapping claims merged, ranked for the review queue."""
