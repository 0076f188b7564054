"""The planning core: demand, capacity, prices, plans, claims and reports."""
