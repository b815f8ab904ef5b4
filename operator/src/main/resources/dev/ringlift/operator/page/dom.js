// Elements and words. Whatever comes from the cluster gets into the page as text, or as the value of an attribute that
// holds text or one of our own words; never as HTML, a style or an address.

const byId = id => document.getElementById(id);

const set = (element, attributes) => {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === null || value === false) element.removeAttribute(name);
    else element.setAttribute(name, value === true ? "" : value);
  }
  return element;
};

const make = (tag, attributes, ...children) => {
  const element = set(document.createElement(tag), attributes || {});
  element.append(...children.filter(child => child !== undefined && child !== null && child !== ""));
  return element;
};

const draw = (tag, attributes, ...children) => {
  const element = set(document.createElementNS("http://www.w3.org/2000/svg", tag), attributes);
  element.append(...children);
  return element;
};

/** Fills an element, but only when it would become another: focus and selections stay. */
const shown = new WeakMap();
const show = (element, data, content) => {
  const key = JSON.stringify(data);
  if (shown.get(element) === key) return;
  shown.set(element, key);
  element.replaceChildren(...content(data).filter(Boolean));
};

const number = value => (value || 0).toLocaleString("en-US");
const plural = (count, one, many) => number(count) + " " + (count === 1 ? one : many);
const percent = (done, total) => (total > 0 ? Math.min(100, Math.floor((100 * done) / total)) : 0);

const short = value => {
  const units = [[1e9, "G"], [1e6, "M"], [1e4, "k"]];
  for (const [size, unit] of units) {
    if (value >= size) return (value / (unit === "k" ? 1e3 : size)).toFixed(1).replace(/\.0$/, "") + " " + unit;
  }
  return number(value);
};

/** Seconds in words: the two largest units. */
const words = seconds => {
  const s = Math.max(0, Math.round(seconds));
  if (s < 60) return s + " s";
  if (s < 3600) return Math.floor(s / 60) + " min" + (s < 600 && s % 60 ? " " + (s % 60) + " s" : "");
  if (s < 86400) return Math.floor(s / 3600) + " h " + (Math.floor(s / 60) % 60) + " min";
  return Math.floor(s / 86400) + " d " + (Math.floor(s / 3600) % 24) + " h";
};

/** The server's clock: a browser's may be wrong. */
let clockAhead = 0;
const now = () => (Date.now() + clockAhead) / 1000;
const seconds = time => (time ? Date.parse(time) / 1000 : undefined);

const clock = (time, withSeconds) => {
  const date = new Date(time * 1000);
  const sameDay = Math.abs(time - now()) < 20 * 3600;
  const options = { hour: "2-digit", minute: "2-digit", hourCycle: "h23" };
  if (withSeconds) options.second = "2-digit";
  if (!sameDay) Object.assign(options, { month: "short", day: "numeric" });
  return date.toLocaleString("en-GB", options);
};

// How things stand, as a tone, a sign and a word: nothing is told by colour alone.
const states = {
  Idle: { tone: "idle", sign: "", word: "idle" },
  Waiting: { tone: "idle", sign: "", word: "waiting" },
  Running: { tone: "run", sign: "", word: "at work" },
  Paused: { tone: "warn", sign: "❚❚", word: "paused" },
  Done: { tone: "ok", sign: "✓", word: "done" },
  Failed: { tone: "bad", sign: "✗", word: "failed" },
  Lost: { tone: "bad", sign: "✗", word: "lost" },
};
const stateOf = name => states[name] || states.Idle;

const phaseNames = { AwaitingApproval: "Awaiting approval", CleaningUp: "Cleaning up" };
const phaseName = phase => phaseNames[phase] || phase;
const phaseTone = increase =>
  increase.phase === "Complete" ? "ok"
  : increase.phase === "Failed" || isTrue(increase, "Stalled") ? "bad"
  : ["AwaitingApproval", "Cancelling", "Cancelled"].includes(increase.phase) || isTrue(increase, "Paused") ? "warn"
  : increase.phase === "Pending" ? "idle" : "run";

const isTrue = (increase, type) => (increase.conditions || []).some(c => c.type === type && c.status === "True");
