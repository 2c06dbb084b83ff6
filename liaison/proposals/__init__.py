"""What is put to all members and holds once every one has agreed: a version of the agreement, or that an agency joins."""
