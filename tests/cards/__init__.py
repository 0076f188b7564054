"""The cards: samples, golden files, laws."""
