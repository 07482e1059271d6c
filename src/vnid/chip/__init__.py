"""The chip of a card: its files, the way to them, and the proof that it is no copy (ICAO 9303-10 and -11)."""
