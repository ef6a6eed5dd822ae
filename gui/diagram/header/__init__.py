"""The header above the diagram: its layers and neurons are changed here."""
