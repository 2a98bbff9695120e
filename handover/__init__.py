"""People: who holds a conversation, who waits, the staff's console, trajectories and micro-contacts."""
