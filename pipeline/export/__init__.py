"""What leaves the house: the files of a month, statements, feedback, with personal data masked."""
