"""会议纪要: drafted from the record, countersigned by the agencies that took part, issued, and never changed after."""
