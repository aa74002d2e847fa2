"""AWS and the Graph API, each behind a port. Clients are made when first needed."""
