"""People's reviews: what they are shown, what it says of a lift, and what leaves as a file."""
