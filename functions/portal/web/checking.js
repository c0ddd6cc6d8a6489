// Looking again at a payment that is not settled: when asked to, and by itself.

import { announce, h, whileBusy } from "./dom.js";

const POLL_AFTER = [3, 5, 10, 20, 30, 60, 60, 120, 120].map((seconds) => seconds * 1000);

// `look` resolves to the time of the look, or to null once there is news. `seenAt` is when it was
// looked at first; `still(time)` says that there are none.
export function checking(app, { look, seenAt, still }) {
  const { t, f } = app;
  const line = h("p", { class: "hint" });
  const button = h("button", { type: "button" }, t.outcome.check);
  const tell = (at) => { line.textContent = still(f.exactTime(at)); };
  let left = false;
  const again = async () => {
    const at = await look();
    if (left) return;
    if (at) tell(at);
    else await app.show();
  };
  const pressed = async () => {
    await again().catch(() => { line.textContent = t.outcome.notChecked; });
    if (!left) announce(line.textContent);
  };
  button.addEventListener("click", () => whileBusy(button, t.outcome.checking, pressed));
  tell(seenAt);
  const stop = poll(again);
  return { line, button, leave: () => { left = true; stop(); } };
}

// Less and less often, while somebody may be looking. Only what is asked for is announced.
function poll(again) {
  let timer = 0;
  let round = 0;
  const next = () => {
    if (round >= POLL_AFTER.length) return;
    timer = window.setTimeout(async () => {
      if (!document.hidden) await again().catch(() => {});
      if (timer) next();
    }, POLL_AFTER[round]);
    round += 1;
  };
  next();
  return () => {
    window.clearTimeout(timer);
    timer = 0;
  };
}
