"""Where mail comes from: mailboxes that are asked each minute (IMAP, Maildir) and the mail server that delivers here (LMTP)."""
