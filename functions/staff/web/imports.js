// What imports are called, and what came of their lines.

export const KINDS = { patients: "Patients (CSV)", entries: "Ledger entries (CSV)", 835: "Insurer\u2019s remittance (X12 835)" };
export const STATES = { received: "Waiting", running: "Being read", done: "Done", failed: "Failed" };

const OUTCOMES = { added: "added", changed: "changed", unchanged: "unchanged", parked: "parked", refused: "refused" };

export const isOver = (state) => state === "done" || state === "failed";

export function outcome({ counts, state }) {
  const over = isOver(state);
  const told = Object.entries(OUTCOMES).filter(([name]) => counts[name]).map(([name, words]) => `${counts[name].toLocaleString("en-US")} ${words}`);
  return told.join(", ") || (over ? "Nothing taken in" : "Nothing yet");
}
