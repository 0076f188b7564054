"""The parts of an announcement's grammar: each finds one kind of thing in what a person typed.

Used by bot.core.announcement only. What is understood is taken out of the text; what is left is the name.
"""
