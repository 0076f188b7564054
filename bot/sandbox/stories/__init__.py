"""Stories: what people do and see at Cymbal Retail, played on a real town with a real bot."""
