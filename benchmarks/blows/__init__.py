"""What `chaos.py` does to real processes, disks and sockets, and how it judges what they make of it."""
