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
  already_at_work: "attenda la fine di ciò che è in corso",
  no_backup: "questo backup non esiste più",
  backup_with_keys: "questo backup contiene chiavi: non esce mai dalla rete",
  not_reached: "il servizio non è raggiungibile",
  unauthorized: "la sessione è chiusa",
  forbidden: "il suo ruolo non lo permette",
  not_found: "non esiste più",
  too_many_requests: "troppi tentativi da questo indirizzo: attendere mezzo minuto",
  service_unavailable: "il servizio ora non può farlo: riprovare tra un momento",
  store_unavailable: "il servizio ora non può salvare nulla: riprovare tra un momento",
  evidence_unreachable: "l’archivio condiviso di immagini e video non risponde: riprovare tra un momento",
  no_leader: "ora nessun servizio sorveglia: un altro sta subentrando, riprovare tra un momento",
  worker_down: "la rete neurale ora è ferma: riprovare tra un momento",
  late: "la rete neurale non ha risposto in tempo: riprovare tra un momento",
  no_clip: "non c’è alcun video",
  clip_expired: "il tempo di conservazione del video è scaduto, o ha fatto posto a video più recenti",
  clip_deleted: "qualcuno ha fatto cancellare il video",
  clip_missing: "il file del video non c’è più",
  damaged: "ciò che ne è conservato è danneggiato; il registro del servizio dice di più",
  acknowledge_first: "un allarme critico si riconosce prima di sospenderlo",
  shelved_for_too_long: "è stato sospeso per 24 ore in tutto: prima riconoscerlo di nuovo",
  expiry_invalid: "questa fine è passata, o troppo lontana",
  no_reason: "serve un motivo",
  no_text: "serve un testo",
  not_in_this_state: "nel frattempo è cambiato: guardare di nuovo",
  in_service: "la seggiovia è in servizio",
  no_group: "questi allarmi non esistono più",
  invalid_request: "il servizio non accetta questo valore",
  span_invalid: "l’inizio deve precedere la fine, di al massimo {days} giorni",
  internal_server_error: "il servizio ha avuto un errore; il suo registro dice perché",
};
