// Local days of the practice as ISO dates, and the instants that are recorded for them.

import { now } from "./api.js";
import { h } from "./dom.js";
import { FieldProblem } from "./fields.js";

const NOON = "T12:00:00";

// An instant's wall time in a zone, written as if it were UTC.
function wallTime(instant, timeZone) {
  const parts = new Intl.DateTimeFormat("en-US", {
    timeZone, hourCycle: "h23", year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit", second: "2-digit",
  }).formatToParts(instant);
  const part = (type) => parts.find((one) => one.type === type).value;
  return `${part("year")}-${part("month")}-${part("day")}T${part("hour")}:${part("minute")}:${part("second")}`;
}

const dayOf = (instant, timeZone) => wallTime(instant, timeZone).slice(0, 10);

function noonOf(day, timeZone) {
  const guess = Date.parse(`${day}${NOON}Z`);
  return new Date(guess - (Date.parse(`${wallTime(guess, timeZone)}Z`) - guess));
}

// A field for the day on which something happened, today until another is chosen. What happened
// today is recorded with the time at which the form was opened, however often it is sent.
export class DayInput {
  #opened = now();
  #zone;
  #today;

  constructor({ practice }) {
    this.#zone = practice.time_zone;
    this.#today = dayOf(this.#opened, this.#zone);
    this.input = h("input", { type: "date", value: this.#today, max: this.#today });
  }

  // The instant that is meant.
  read() {
    const { value, dataset } = this.input;
    if (!value) throw new FieldProblem(dataset.field, "Choose the day.");
    if (value > this.#today) throw new FieldProblem(dataset.field, "Choose a day that does not lie ahead.");
    return (value === this.#today ? this.#opened : noonOf(value, this.#zone)).toISOString();
  }
}
