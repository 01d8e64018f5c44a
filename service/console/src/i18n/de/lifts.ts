/* Bahnen, ihre Kameras und ihre letzten Sessel. */

const cameraStates = {
  starting: "startet",
  live: "überwacht",
  degraded: "beeinträchtigt",
  lost: "Kamera ausgefallen",
};
const serviceScopes = { lift: "die ganze Bahn", camera: "die Kamera" };
const roles = { viewer: "Betrachter", operator: "Bediener", admin: "Administrator" };
const lineSpeeds = { stopped: "steht", backwards: "rückwärts", unknown: "unbekannt" };

export const liftWords = { lineSpeeds, cameraStates, serviceScopes, roles };

export const liftSentences = {
  "service.takeOut": "Außer Betrieb nehmen",
  "service.takeOutWhich": "{name} außer Betrieb nehmen",
  "service.out": "AUSSER BETRIEB: {what}, bis {time}, durch {by}: {reason}",
  "service.putBack": "Wieder in Betrieb nehmen",
  "service.putBackWhich": "{name} wieder in Betrieb nehmen",
  "lifts.title": "Bahnen",
  "lifts.none": "Noch keine Bahn: Richten Sie eine ein.",
  "lifts.all": "Alle Bahnen",
  "lifts.reading": "Die Bahn wird gelesen.",
  "lifts.gone": "Es gibt keine Bahn „{id}“.",
  "lifts.notRead": "Das Folgende ist {age} alt: Der Dienst antwortet nicht.",
  "lifts.noCamera": "keine Kamera",
  "lifts.view": "Was die Kamera von {name} sieht",
  "lifts.noPicture": "kein Bild",
  "lifts.rate": "{rate:fixed0} Bilder/s",
  "lifts.line": "Bahn: {speed}",
  "lifts.masks": "Masken v{version}",
  "lifts.noMasks": "keine Masken: Es wird nichts beurteilt",
  "lifts.armed": "scharf",
  "lifts.notArmed": "nicht scharf",
  "lifts.notArmedWhy": "nicht scharf: {why}",
  "lifts.notArmedWhyWhat": "nicht scharf: {why}; {what}",

  "carrier.none": "noch kein Sessel",
  "carrier.who": "Sessel {number}, {seat}",
  "carrier.confidence": "Sicherheit {confidence:percent}",
  "carrier.standsFor": "steht für {carriers} Sessel",
  "carrier.late": "spät: {seconds} s nach der Abfahrt beurteilt",
  "carrier.begin": "Anfang: {verdict}",
  "carrier.middle": "Mitte: {verdict}",
  "carrier.end": "Ende: {verdict}",
  "carrier.recent": "Letzte Sessel, der neueste zuerst",
  "carrier.recentOne": "{time}: {verdict}, {seat}",
  "carrier.why": "Wo wurde der Bügel gesehen?",
  "carrier.whyColours":
    "Gelb: auf der Offen-Maske; blau: auf der Geschlossen-Maske; violett: auf beiden; weiß: auf keiner",
};
