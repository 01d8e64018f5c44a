/* Why a call failed, by the code of its problem (RFC 9457). */

import { budgetRefusals, calibrationRefusals, setupRefusals } from "./codes/refusals";
import { outputRefusals } from "./delivery/outputs";
import { plantRefusals } from "./delivery/plant";
import { peopleRefusals } from "./people";
import { reviewRefusals } from "./trials/reviews";
import { trialRefusals } from "./trials/trials";

export const problems: Readonly<Record<string, string>> = {
  ...setupRefusals,
  ...peopleRefusals,
  ...budgetRefusals,
  ...calibrationRefusals,
  ...outputRefusals,
  ...plantRefusals,
  ...trialRefusals,
  ...reviewRefusals,
  already_at_work: "warten Sie, bis das Laufende zu Ende ist",
  no_backup: "diese Sicherung gibt es nicht mehr",
  backup_with_keys: "diese Sicherung enthält Schlüssel: sie verlässt den Dienst nie über das Netz",
  not_reached: "der Dienst ist nicht erreichbar",
  unauthorized: "Sie sind nicht mehr angemeldet",
  forbidden: "Ihre Rolle erlaubt das nicht",
  not_found: "das gibt es nicht mehr",
  too_many_requests: "zu viele Versuche von dieser Adresse: Warten Sie eine halbe Minute",
  service_unavailable: "der Dienst kann das gerade nicht: Versuchen Sie es gleich noch einmal",
  store_unavailable: "der Dienst kann gerade nichts speichern: Versuchen Sie es gleich noch einmal",
  evidence_unreachable:
    "der gemeinsame Speicher der Bilder und Videos antwortet nicht: Versuchen Sie es gleich noch einmal",
  no_leader: "gerade überwacht kein Dienst: Ein anderer übernimmt, versuchen Sie es gleich noch einmal",
  worker_down: "das Netz läuft gerade nicht: Versuchen Sie es gleich noch einmal",
  late: "das Netz hat nicht rechtzeitig geantwortet: Versuchen Sie es gleich noch einmal",
  no_clip: "es gibt kein Video",
  clip_expired: "die Aufbewahrungsfrist des Videos ist abgelaufen, oder es machte neueren Platz",
  clip_deleted: "jemand hat das Video löschen lassen",
  clip_missing: "die Datei des Videos ist verschwunden",
  damaged: "was davon gespeichert ist, ist beschädigt; das Protokoll des Dienstes sagt mehr",
  acknowledge_first: "ein kritischer Alarm wird erst quittiert, dann zurückgestellt",
  shelved_for_too_long: "er war insgesamt 24 Stunden zurückgestellt: Quittieren Sie ihn zuerst erneut",
  expiry_invalid: "dieses Ende ist vorbei oder zu weit entfernt",
  no_reason: "eine Begründung wird benötigt",
  no_text: "etwas Text wird benötigt",
  not_in_this_state: "es hat sich inzwischen geändert: Sehen Sie noch einmal nach",
  in_service: "die Bahn ist in Betrieb",
  no_group: "diese Alarme gibt es nicht mehr",
  invalid_request: "der Dienst nimmt diesen Wert nicht an",
  span_invalid: "der Anfang muss vor dem Ende liegen, höchstens {days} Tage",
  internal_server_error: "der Dienst ist gescheitert; sein Protokoll sagt, warum",
};
