"""The commands, grouped as a user meets them: setup, hearing, night."""
