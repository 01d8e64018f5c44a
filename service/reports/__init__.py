"""Reports: what is noted for them while the service runs, and how they are made."""
