"""What people decide: verdicts, reviews, appeals, and who may do what."""
