"""Pure rendering: values in, Block Kit messages and views out."""
