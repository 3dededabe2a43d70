"""What is done with webhooks: subscribing, planning what is to be sent, sending, sending again."""
