"""What people answer of passages, and why a passage is shown to them."""
