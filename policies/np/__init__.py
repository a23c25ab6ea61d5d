"""Network isolation inside clusters, and who may undo it."""
