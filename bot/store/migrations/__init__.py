"""The schema's history, run by bot.store.migrate; shipped inside the package."""
