// What has been heard, what is chosen, and the stream that keeps both fresh.

const STALE_AFTER = 10;
const page = { overview: undefined, grids: new Map(), chosen: undefined, heard: undefined, opened: 0, source: undefined, wait: 1, phase: undefined };

const announce = text => { byId("said").textContent = text; };

const chosenIncrease = () => {
  const increases = (page.overview && page.overview.increases) || [];
  return increases.find(increase => increase.uid === page.chosen) || increases[0];
};

const refresh = () => {
  showLive();
  if (!page.overview) return;
  byId("namespace").textContent = page.overview.namespace;
  const increase = chosenIncrease();
  byId("empty").hidden = Boolean(increase);
  byId("increase").hidden = !increase;
  showList();
  if (!increase) {
    document.title = "Ringlift";
    show(byId("empty"), "none", () => [make("h1", {}, "No increase yet"),
      make("p", {}, "Apply a PartitionPowerIncrease, and it is shown here.")]);
    return;
  }
  document.title = `${increase.name}: ${phaseName(increase.phase)} · Ringlift`;
  showIncrease(increase);
  showNodes(page.grids.get(increase.uid));
  if (page.phase !== undefined && page.phase !== increase.uid + increase.phase) announce(`${increase.name}: ${phaseName(increase.phase)}`);
  page.phase = increase.uid + increase.phase;
};

const showList = () => {
  const increases = page.overview.increases || [];
  const nav = byId("increases");
  nav.hidden = increases.length < 2;
  const current = chosenIncrease();
  const focused = nav.contains(document.activeElement) ? document.activeElement.dataset.uid : undefined;
  const list = increases.map(increase => ({
    uid: increase.uid, name: increase.name, tone: phaseTone(increase), current: increase === current,
    line: phaseName(increase.phase) + (increase.progress && !increase.ended ? ` ${increase.progress.percent || 0}%` : ""),
  }));
  show(nav, { list, omitted: page.overview.omitted }, view => [
    ...view.list.map(item => {
      const button = make("button", { type: "button", "data-uid": item.uid, "aria-current": item.current ? "true" : null },
        make("b", {}, item.name), make("span", { class: "pill", "data-tone": item.tone }, item.line));
      button.addEventListener("click", () => choose(item.uid));
      return button;
    }),
    view.omitted && make("span", { class: "note" }, `and ${number(view.omitted)} older`),
  ]);
  if (focused) [...nav.children].filter(button => button.dataset.uid === focused).forEach(button => button.focus());
};

const choose = uid => {
  page.chosen = uid;
  page.phase = undefined;
  refresh();
};

// The stream

const listen = () => {
  const source = new EventSource("events");
  page.source = source;
  page.opened = Date.now();
  const on = (name, take) => source.addEventListener(name, event => {
    if (source !== page.source) return;
    page.heard = Date.now();
    page.wait = 1;
    take(JSON.parse(event.data));
    later();
  });
  on("beat", beat => { clockAhead = Date.parse(beat.time) - Date.now(); });
  on("overview", overview => { page.overview = overview; });
  on("nodes", nodes => { page.grids.set(nodes.increase, nodes); });
  source.addEventListener("error", () => {
    // A browser tries again by itself, but not after every kind of refusal.
    if (source === page.source) listenAgain();
  });
};

/** A connection that is open and says nothing is as good as none. */
const listenToSilence = () => {
  const silent = Date.now() - Math.max(page.heard || 0, page.opened);
  if (page.source && silent > 3 * STALE_AFTER * 1000) listenAgain();
};

const listenAgain = () => {
  page.source.close();
  page.source = undefined;
  setTimeout(listen, page.wait * 1000);
  page.wait = Math.min(15, page.wait * 2);
  refresh();
};

/** Several messages at once are one refresh, and none while nobody looks. */
let planned = false;
const later = () => {
  if (planned) return;
  planned = true;
  requestAnimationFrame(() => {
    planned = false;
    refresh();
  });
};

const showLive = () => {
  const age = page.heard === undefined ? undefined : (Date.now() - page.heard) / 1000;
  const state = age === undefined ? "connecting" : !page.source || age > STALE_AFTER ? "stale" : "live";
  const live = byId("live");
  if (live.dataset.state !== state) {
    live.dataset.state = state;
    byId("live-text").textContent = { connecting: "Connecting", stale: "Stale", live: "Live" }[state];
  }
  document.body.classList.toggle("cut", state === "stale");
  byId("stale").hidden = state !== "stale";
  if (state === "stale") byId("stale").textContent = `The operator has not been heard for ${words(age)}. This is how things were then; trying again.`;
};

// Colours

const themes = ["auto", "dark", "light"];
const showTheme = theme => {
  set(document.documentElement, { "data-theme": theme === "auto" ? null : theme });
  const word = { auto: "Auto", dark: "Dark", light: "Light" }[theme];
  byId("theme-text").textContent = word;
  set(byId("theme"), { "aria-label": `Colours: ${word.toLowerCase()}` });
};
const storedTheme = () => {
  try {
    const theme = localStorage.getItem("ringlift-theme");
    return themes.includes(theme) ? theme : "auto";
  } catch {
    return "auto";
  }
};
const nextTheme = () => {
  const current = document.documentElement.dataset.theme || "auto";
  const theme = themes[(themes.indexOf(current) + 1) % themes.length];
  showTheme(theme);
  try {
    localStorage.setItem("ringlift-theme", theme);
  } catch {
    // it holds for this visit, then
  }
};

const setForm = form => {
  grid.form = form;
  for (const name of ["grid", "table"]) set(byId("as-" + name), { "aria-pressed": String(name === form) });
  refresh();
};

showTheme(storedTheme());
byId("theme").addEventListener("click", nextTheme);
byId("as-grid").addEventListener("click", () => setForm("grid"));
byId("as-table").addEventListener("click", () => setForm("table"));
byId("filter").addEventListener("change", event => {
  grid.filter = event.target.value;
  grid.rows = ROWS;
  refresh();
});
byId("cells").addEventListener("keydown", moveInCells);
byId("cells").addEventListener("click", event => {
  const cell = event.target.closest("button");
  if (cell) pickNode(cell.dataset.name, false);
});
setInterval(refresh, 1000);
setInterval(listenToSilence, 5000);
listen();
