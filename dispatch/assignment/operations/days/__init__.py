"""Day plans: asking for one, building it, signing it."""
