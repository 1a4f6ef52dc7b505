"""Transcription: engine protocol, faster-whisper adapter, packing of windows, turns."""
