"""The tables. Columns exist for what is searched, ordered or counted; the rest of a value is its `body`.

Only bot.store imports them; migrations never do (they describe their own moment).
"""
