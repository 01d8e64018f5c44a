"""How accurate a lift's alarms are, from a random sample that people reviewed. Pure."""
