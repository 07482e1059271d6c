"""What the files of a chip are worth: passive authentication (ICAO 9303-11, 5.1; 9303-12; RFC 5652)."""
