"""Recordings: manifest intake, safe decoding, channels, archive and retention."""
