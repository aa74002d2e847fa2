"""The messaging policy on the command line: explained, and tried on what happened."""
