/* Why one value of a request is not taken, by the code of what is wrong with it. */

export const invalidValues: Readonly<Record<string, string>> = {
  missing: "Wird benötigt.",
  string_too_short: "Wird benötigt.",
  string_too_long: "Höchstens {max_length} Zeichen.",
  string_pattern_mismatch: "So wird es nicht geschrieben.",
  too_long: "Höchstens {max_length}.",
  greater_than: "Mehr als {gt}.",
  greater_than_equal: "Mindestens {ge}.",
  less_than: "Weniger als {lt}.",
  less_than_equal: "Höchstens {le}.",
  float_type: "Eine Zahl wird benötigt.",
  float_parsing: "Eine Zahl wird benötigt.",
  int_type: "Eine ganze Zahl wird benötigt.",
  int_parsing: "Eine ganze Zahl wird benötigt.",
  int_from_float: "Eine ganze Zahl wird benötigt.",
  steps_out_of_order: "Jede Stufe muss später kommen als die davor.",
  rule_twice: "Es gibt zwei Regeln für dieselbe Bahn und Priorität.",
  no_signal: "Wählen Sie mindestens eines von Lauf, Geschwindigkeit und Sesseln.",
  password_in_clear: "Ein Passwort wird verschlüsselt gesendet oder gar nicht.",
  band_inverted: "Geschlossen muss enden, wo offen beginnt, oder davor.",
};
