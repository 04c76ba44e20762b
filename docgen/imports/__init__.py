"""What people have already written, taken over from their files: 概况 and 自评表."""
