/* Why one value of a request is not taken, by the code of what is wrong with it. */

export const invalidValues: Readonly<Record<string, string>> = {
  missing: "Ceci est nécessaire.",
  string_too_short: "Ceci est nécessaire.",
  string_too_long: "Au plus {max_length} caractères.",
  string_pattern_mismatch: "Cela ne s’écrit pas ainsi.",
  too_long: "Au plus {max_length}.",
  greater_than: "Plus de {gt}.",
  greater_than_equal: "Au moins {ge}.",
  less_than: "Moins de {lt}.",
  less_than_equal: "Au plus {le}.",
  float_type: "Il faut un nombre.",
  float_parsing: "Il faut un nombre.",
  int_type: "Il faut un nombre entier.",
  int_parsing: "Il faut un nombre entier.",
  int_from_float: "Il faut un nombre entier.",
  steps_out_of_order: "Chaque étape doit venir après la précédente.",
  rule_twice: "Il y a deux règles pour le même télésiège et la même priorité.",
  no_signal: "Choisissez au moins l’un de marche, vitesse et sièges.",
  password_in_clear: "Un mot de passe est envoyé chiffré, ou pas du tout.",
  band_inverted: "Fermé doit finir là où ouvert commence, ou avant.",
};
