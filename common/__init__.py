"""What every package stands on: clock, identifiers, database, audit records, masking, errors, text."""
