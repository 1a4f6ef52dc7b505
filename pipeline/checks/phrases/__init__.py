"""Forbidden phrases (P-30, P-05, P-70): what the agent says, and selling on after two refusals."""
