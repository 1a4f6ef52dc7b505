"""A simulated vendor: scripted calls with known faults, spoken to audio files, with the truth beside them."""
