"""What all jobs share: their runs, cursors, and the isolation of accounts that fail."""
