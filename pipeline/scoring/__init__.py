"""Scoring: figures with their sample sizes and intervals."""
