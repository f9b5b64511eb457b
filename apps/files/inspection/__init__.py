"""What a file really is, and whether it may be kept: by its content, never by its name."""
