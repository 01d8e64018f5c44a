"""The soak: eight cameras and everything that can go wrong, at random, for as long as is asked for."""
