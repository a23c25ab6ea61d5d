"""Which environments exist: their files, what they may say, and how it is built."""
