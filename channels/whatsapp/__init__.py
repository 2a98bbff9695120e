"""WhatsApp, through Meta's Cloud API (`through_meta`) or through Twilio (`through_twilio`): one channel, one name."""
