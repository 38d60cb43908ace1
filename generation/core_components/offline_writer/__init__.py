"""What shipped offline rules have in common: sentences that stand alone, and questions they answer."""
