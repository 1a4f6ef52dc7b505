"""What is wrong with a recording itself (P-72): one rule a file."""
