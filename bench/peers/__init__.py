"""The peers, one file each. A file has one class `Client`, a `base.Peer`."""
