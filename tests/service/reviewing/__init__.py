"""Tests of what draws, measures and exports reviews."""
