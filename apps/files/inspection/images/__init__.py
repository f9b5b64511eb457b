"""Images, taken apart without decoding them: how many pixels they stand for, and what in them is metadata."""
