"""Frozen records, one subject a file, each importing only earlier ones: span, turn, call, recording, finding, tone, inspection, draw."""
