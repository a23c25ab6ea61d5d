"""The project run by a real Pulumi engine, with stand-ins for the clouds; needs `pulumi` on PATH."""
