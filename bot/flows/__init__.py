"""The imperative shell: one file for each thing the product does; flows do not call flows."""
