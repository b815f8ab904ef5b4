// The nodes: as cards with their devices, as cells where there are many, or as a table.

const MOST_CARDS = 60;
const MOST_LABELLED = 16;
const ROWS = 200;
const byName = new Intl.Collator("en", { numeric: true });
const grid = { form: "grid", filter: "all", rows: ROWS, picked: undefined, cells: new Map(), nodes: [] };

const cellKeys = new WeakMap();

const filters = {
  all: () => true,
  trouble: node => Boolean(node.trouble),
  working: node => ["Running", "Paused"].includes(node.state),
  waiting: node => ["Waiting", "Idle"].includes(node.state),
  done: node => node.state === "Done",
};

const showNodes = view => {
  byId("nodes").hidden = !view;
  if (!view) return;
  const all = view.nodes || [];
  const nodes = all.filter(filters[grid.filter]).sort((a, b) => byName.compare(a.name, b.name));
  grid.nodes = nodes;
  const cards = !view.aggregated && all.length <= MOST_CARDS;
  const table = grid.form === "table";
  byId("cards").hidden = table || !cards;
  byId("cells-box").hidden = table || cards;
  byId("table-box").hidden = !table;
  showLegend(all);
  if (table) showTable(nodes);
  else if (cards) showCards(nodes);
  else showCells(nodes);
  const notes = [];
  if (nodes.length === 0) notes.push(all.length === 0 ? "No agent has been heard of yet." : "No node is like that.");
  if (view.omitted) notes.push(`${plural(view.omitted, "node is", "nodes are")} not shown: kubectl get storagenodes.`);
  byId("nodes-note").hidden = notes.length === 0;
  byId("nodes-note").textContent = notes.join(" ");
};

const showLegend = nodes => {
  const counts = Object.keys(states).map(state => [state, nodes.filter(node => node.state === state).length]);
  show(byId("legend"), counts.filter(count => count[1]), list => list.map(([state, count]) =>
    make("span", { "data-tone": stateOf(state).tone }, make("i", {}), `${number(count)} ${stateOf(state).word}`)));
};

const partOf = thing => (thing.state || thing.s) === "Done" ? 100 : percent(thing.done || thing.d, thing.total || thing.t);
const stateWord = thing => {
  const state = stateOf(thing.state || thing.s);
  const working = ["Running", "Paused"].includes(thing.state || thing.s);
  return working ? `${partOf(thing)}%` : state.word;
};

const gauge = part => {
  const fill = make("i", {});
  fill.style.setProperty("--part", part);
  return make("span", { class: "gauge", "aria-hidden": "true" }, fill);
};

/** Cards stay where they are, and only those that change are filled anew. */
const showCards = nodes => {
  const box = byId("cards");
  const there = new Map([...box.children].map(card => [card.dataset.name, card]));
  const cards = nodes.map(node => {
    const card = there.get(node.name) || make("article", { class: "node" });
    set(card, { "data-name": node.name, "data-trouble": String(Boolean(node.trouble)), "data-state": node.state });
    show(card, node, nodeContent);
    return card;
  });
  if (cards.length !== box.children.length || cards.some((card, i) => box.children[i] !== card)) box.replaceChildren(...cards);
};

const nodeContent = node => {
  const devices = node.devices || [];
  const state = stateOf(node.state);
  return [
    make("header", {}, make("h3", { title: node.name }, node.name),
      make("span", { class: "state", "data-tone": state.tone }, [state.sign, stateWord(node)].filter(Boolean).join(" "))),
    devices.length === 0
      ? gaugeOf(node)
      : make("ul", { class: "devices" + (devices.length > MOST_LABELLED ? " many" : "") }, ...devices.map(deviceContent)),
    node.trouble && make("p", { class: "word" }, node.trouble),
    node.staleRing && make("p", { class: "ring" }, "has not proved the present ring"),
  ];
};

const gaugeOf = node => {
  const box = make("div", { "data-tone": stateOf(node.state).tone }, gauge(partOf(node)));
  box.append(make("p", { class: "note" }, `${number(node.done)} of ${number(node.total)} partitions on ${plural(node.deviceCount, "device", "devices")}`));
  return box;
};

const deviceContent = device => {
  const state = stateOf(device.s);
  const label = `${device.n}: ${state.word}, ${partOf(device)} percent` + (device.m ? ". " + device.m : "");
  return make("li", { "data-tone": state.tone, "data-state": device.s, title: label },
    make("span", { class: "label" }, device.n), gauge(partOf(device)),
    make("span", { class: "value" }, state.sign && device.s !== "Paused" ? state.sign : device.s === "Running" || device.s === "Paused" ? partOf(device) + "%" : "–"),
    make("span", { class: "unseen" }, label));
};

const showCells = nodes => {
  const box = byId("cells");
  const wanted = new Set(nodes.map(node => node.name));
  for (const [name, cell] of grid.cells) {
    if (!wanted.has(name)) {
      cell.remove();
      grid.cells.delete(name);
    }
  }
  if (!wanted.has(grid.picked)) grid.picked = undefined;
  const focusable = grid.picked || (nodes[0] && nodes[0].name);
  nodes.forEach((node, i) => {
    let cell = grid.cells.get(node.name);
    if (!cell) {
      cell = make("button", { type: "button", "data-name": node.name });
      grid.cells.set(node.name, cell);
    }
    if (box.children[i] !== cell) box.insertBefore(cell, box.children[i] || null);
    const state = stateOf(node.state);
    const label = `${node.name}: ${stateWord(node)}` + (node.trouble ? ". " + node.trouble : "");
    const key = [label, node.name === focusable, node.name === grid.picked, partOf(node)].join("\n");
    if (cellKeys.get(cell) === key) return;
    cellKeys.set(cell, key);
    set(cell, { "data-tone": state.tone, "data-state": node.state, "data-trouble": String(Boolean(node.trouble)), "aria-label": label,
      title: label, tabindex: node.name === focusable ? "0" : "-1", "aria-pressed": String(node.name === grid.picked) });
    cell.style.setProperty("--part", partOf(node));
  });
  showDetail();
};

const showDetail = () => {
  const node = grid.nodes.find(candidate => candidate.name === grid.picked);
  show(byId("detail"), node || null, () => node
    ? [make("article", { class: "node", "data-trouble": String(Boolean(node.trouble)) }, ...nodeContent(node).filter(Boolean),
        node.devices && make("p", { class: "note" }, `${number(node.filesPerSecond)} files/s, ${plural(node.errors, "error", "errors")}`) || "")]
    : [make("p", { class: "note" }, "Choose a node to see more of it.")]);
};

const pickNode = (name, focus) => {
  grid.picked = name;
  showCells(grid.nodes);
  if (focus && grid.cells.get(name)) grid.cells.get(name).focus();
};

const moveInCells = event => {
  const cells = [...byId("cells").children];
  const at = cells.indexOf(document.activeElement);
  if (at < 0) return;
  const top = cells[0].offsetTop;
  const columns = Math.max(1, cells.findIndex(cell => cell.offsetTop > top));
  const step = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -columns, ArrowDown: columns, Home: -at, End: cells.length - 1 - at }[event.key];
  if (step === undefined) return;
  event.preventDefault();
  const next = cells[at + step];
  if (next) pickNode(next.dataset.name, true);
};

const showTable = nodes => {
  const rows = nodes.slice(0, grid.rows);
  show(byId("table-box"), { rows, more: nodes.length - rows.length }, view => [
    make("table", {},
      make("thead", {}, make("tr", {}, ...["Node", "State"].map(head => make("th", { scope: "col" }, head)),
        ...["Partitions", "Files/s", "Errors", "Devices"].map(head => make("th", { scope: "col", class: "num" }, head)),
        ...["Ring", "Trouble"].map(head => make("th", { scope: "col" }, head)))),
      make("tbody", {}, ...view.rows.map(tableRow))),
    view.more > 0 && moreButton(view.more),
  ]);
};

const tableRow = node => make("tr", {},
  make("th", { scope: "row" }, node.name),
  make("td", { class: "ink", "data-tone": stateOf(node.state).tone }, stateWord(node)),
  make("td", { class: "num" }, node.total ? `${number(node.done)} of ${number(node.total)}` : "–"),
  make("td", { class: "num" }, number(node.filesPerSecond)),
  make("td", { class: "num" }, number(node.errors)),
  make("td", { class: "num" }, number(node.deviceCount)),
  make("td", {}, node.staleRing ? "not proved" : "has it"),
  make("td", {}, node.trouble || ""));

const moreButton = more => {
  const button = make("button", { type: "button", class: "more" }, `Show ${number(Math.min(more, ROWS))} of ${number(more)} more`);
  button.addEventListener("click", () => {
    grid.rows += ROWS;
    refresh();
  });
  return button;
};
