// The sandbox's clock: kept between answers, shown in the sidebar, and wound by whoever likes to.

import { byId, el } from "./dom.js";
import { cast, clock, day } from "./text.js";

const SPEEDS = [1, 10, 60, 300];
const time = { virtual: 0, real: 0, rate: 1 };
let steerable = false;

cast.now = () => new Date(time.virtual + (Date.now() - time.real) * time.rate);

// Every answer of the town says what time it is; two of them say how fast it runs.
export function noteTime(text) {
  const virtual = Date.parse(text), real = Date.now(), span = real - time.real;
  if (time.real && span < 400) return;
  if (time.real) {
    const rate = (virtual - time.virtual) / span;
    if (!steerable) time.rate = rate > 0 && rate < 5000 ? rate : 1;
  }
  Object.assign(time, { virtual, real });
}

async function steer(order) {
  const options = order ? { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(order) } : {};
  const response = await fetch("/town/clock", options);
  if (!response.ok) return false;
  const { now, rate } = await response.json();
  Object.assign(time, { virtual: Date.parse(now), real: Date.now(), rate });
  return true;
}

export async function startClock() {
  steerable = await steer(null);
  const face = el("div", { class: "face", title: "The sandbox's time, in your time zone" });
  const speed = el("select", { "aria-label": "Speed of the clock", onchange: () => steer({ rate: Number(speed.value) }) },
    SPEEDS.map((rate) => el("option", { value: rate }, `×${rate}`)));
  const later = el("button", { type: "button", onclick: () => steer({ jump_to: new Date(cast.now().getTime() + 3_600_000).toISOString() }) }, "+1 h");
  byId("clock").replaceChildren(face, ...(steerable ? [el("div", { class: "wind" }, speed, later)] : []));
  setInterval(() => {
    if (!cast.me) return;
    face.replaceChildren(el("b", {}, clock(cast.now())), el("span", {}, day(cast.now())));
    if (document.activeElement !== speed) {
      const shown = Math.round(time.rate);
      if (!SPEEDS.includes(shown) && ![...speed.options].some((option) => option.value === String(shown))) speed.append(el("option", { value: shown }, `×${shown}`));
      speed.value = String(shown);
    }
  }, 250);
}
