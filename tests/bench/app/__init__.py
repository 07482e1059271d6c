"""The program with eighty indicators more, and a page that is only the frame: for the benches."""
