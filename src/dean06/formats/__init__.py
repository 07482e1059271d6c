"""How each language writes and reads dates: FORMAT_MODULE_PATH in the settings."""
