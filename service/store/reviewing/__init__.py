"""People's reviews as stored: what is to be reviewed, what each person said, what it came to."""
