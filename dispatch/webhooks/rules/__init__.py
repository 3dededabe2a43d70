"""What decides about webhooks: which addresses are called, who is told what, how it is signed and retried."""
