"""Script elements of opening, body and closing (P-20 to P-22): which are there, which are missing, and in which order they came."""
