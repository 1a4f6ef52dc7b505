"""What the manifest says of a call against what is heard in it (P-13), and when it was made (P-24)."""
