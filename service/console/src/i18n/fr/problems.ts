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
  already_at_work: "attendez la fin de ce qui est en cours",
  no_backup: "cette sauvegarde n’existe plus",
  backup_with_keys: "cette sauvegarde contient des clés\u00a0: elle ne part jamais par le réseau",
  not_reached: "le service est injoignable",
  unauthorized: "votre session est fermée",
  forbidden: "votre rôle ne le permet pas",
  not_found: "ceci n’existe plus",
  too_many_requests: "trop de tentatives depuis cette adresse\u00a0: attendez une demi-minute",
  service_unavailable: "le service ne le peut pas pour l’instant\u00a0: réessayez dans un moment",
  store_unavailable: "le service ne peut rien enregistrer pour l’instant\u00a0: réessayez dans un moment",
  evidence_unreachable:
    "le stockage partagé des images et vidéos ne répond pas\u00a0: réessayez dans un moment",
  no_leader:
    "aucun service ne surveille pour l’instant\u00a0: un autre prend le relais, réessayez dans un moment",
  worker_down: "le réseau de neurones est arrêté\u00a0: réessayez dans un moment",
  late: "le réseau de neurones n’a pas répondu à temps\u00a0: réessayez dans un moment",
  no_clip: "il n’y a pas de vidéo",
  clip_expired: "la durée de conservation de la vidéo est écoulée, ou elle a fait place à de plus récentes",
  clip_deleted: "quelqu’un a fait supprimer la vidéo",
  clip_missing: "le fichier de la vidéo a disparu",
  damaged: "ce qui en est conservé est endommagé\u00a0; le journal du service en dit plus",
  acknowledge_first: "une alarme critique s’acquitte avant d’être mise en attente",
  shelved_for_too_long: "elle a été mise en attente 24 heures en tout\u00a0: acquittez-la d’abord à nouveau",
  expiry_invalid: "cette fin est passée, ou trop lointaine",
  no_reason: "une raison est nécessaire",
  no_text: "un texte est nécessaire",
  not_in_this_state: "cela a changé entre-temps\u00a0: regardez à nouveau",
  in_service: "le télésiège est en service",
  no_group: "ces alarmes n’existent plus",
  invalid_request: "le service n’accepte pas cette valeur",
  span_invalid: "le début doit précéder la fin, de {days} jours au plus",
  internal_server_error: "le service a échoué\u00a0; son journal dit pourquoi",
};
