// Money and dates as people write them. Money is integer cents, dates without a time are ISO dates.

const LOCALES = { en: "en-US", es: "es-US" };

// Instants are told in the zone of this name, or as the device's clock has it.
export function formatsOf(language, zoneName = undefined) {
  const locale = LOCALES[language];
  const timeZone = known(zoneName);
  const dollars = new Intl.NumberFormat(locale, { style: "currency", currency: "USD" });
  const day = { day: "numeric", month: "long", year: "numeric" };
  const date = new Intl.DateTimeFormat(locale, { ...day, timeZone });
  const calendarDate = new Intl.DateTimeFormat(locale, { ...day, timeZone: "UTC" });
  const clock = { hour: "numeric", minute: "2-digit", timeZone, timeZoneName: "short" };
  const time = new Intl.DateTimeFormat(locale, clock);
  const exactTime = new Intl.DateTimeFormat(locale, { ...clock, second: "2-digit" });
  return {
    money: (cents) => dollars.format(cents / 100),
    signed: (cents) => `${cents < 0 ? "\u2212" : "+"}${dollars.format(Math.abs(cents) / 100)}`,
    date: (instant) => date.format(new Date(instant)),
    calendarDate: (isoDate) => calendarDate.format(new Date(`${isoDate}T00:00:00Z`)),
    time: (instant) => onOneLine(time.format(new Date(instant))),
    exactTime: (instant) => onOneLine(exactTime.format(new Date(instant))),
    list: (words) => new Intl.ListFormat(locale, { type: "conjunction" }).format(words),
  };
}

// An old browser may not know a new zone.
function known(timeZone) {
  try {
    return new Intl.DateTimeFormat("en-US", { timeZone }).resolvedOptions().timeZone;
  } catch {
    return undefined;
  }
}

const onOneLine = (text) => text.replace(/\s/g, "\u00a0");

// Cents of what somebody typed ("40", "$40.00", "1,200.50", "40,50"), or null.
export function centsOf(typed) {
  let text = typed.replace(/[\s$]/g, "");
  if (/^\d+,\d{1,2}$/.test(text)) text = text.replace(",", ".");
  text = text.replace(/,(?=\d{3}(\D|$))/g, "");
  if (!/^\d{1,7}(\.\d{0,2})?$/.test(text)) return null;
  const [whole, part = ""] = text.split(".");
  return Number(whole) * 100 + Number(part.padEnd(2, "0"));
}
