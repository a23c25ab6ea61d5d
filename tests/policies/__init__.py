"""Rules, the catalogue that finds them, and the command that starts a new one."""
