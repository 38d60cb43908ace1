"""Where the shards of a run are asked: in processes of this machine, or on machines that Ray brings together."""
