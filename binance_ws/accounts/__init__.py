"""The streams of accounts: connections that listen keys open, the shared one to the ws-api, and their sockets."""
