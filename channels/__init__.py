"""Steps 1 and 8: one file per channel, all behind the protocol in `channels.protocol`."""
