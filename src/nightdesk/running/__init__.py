"""Starting and keeping up the processes of one installation on one machine."""
