"""The local town: Slack, Google Cloud and a day at Cymbal Retail, spoken over their real protocols."""
