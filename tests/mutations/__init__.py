"""What each part of a fence is worth: one by one they are taken away, and the rules must say so."""
