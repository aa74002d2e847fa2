"""Pure decisions: no AWS, no network, no environment, no clock."""
