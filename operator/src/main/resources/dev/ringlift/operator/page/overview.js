// One increase: what it is, where it stands, what holds it up.

const showIncrease = increase => {
  showHero(increase);
  showDial(increase);
  showTimeline(increase);
  showProblems(increase);
  showTiles(increase);
  showCharts(increase);
  showConditions(increase);
  showPreflight(increase);
};

const showHero = increase => {
  const cycle = increase.cycle;
  const pills = ["Stalled", "Degraded", "Paused"].filter(type => isTrue(increase, type));
  show(byId("hero"), {
    name: increase.name,
    phase: phaseName(increase.phase),
    tone: phaseTone(increase),
    eyebrow: `policy ${increase.policy || 0} · ${increase.ringFile}` + (increase.dryRun ? " · dry run" : "")
      + (cycle && cycle.of > 1 ? ` · cycle ${cycle.number} of ${cycle.of}` : ""),
    from: cycle ? cycle.fromPartPower : increase.from,
    to: cycle ? cycle.toPartPower : increase.to,
    target: increase.to,
    message: increase.message || "The operator has not looked at it yet.",
    pills,
  }, view => [
    make("p", { class: "eyebrow" }, view.eyebrow),
    make("h1", { id: "title" }, view.name, make("span", { class: "pill", "data-tone": view.tone }, view.phase)),
    make("p", { class: "powers" },
      view.from ? String(view.from) : "?", make("span", { class: "arrow" }, "→"), String(view.to),
      make("span", {}, view.to === view.target ? "partition power" : `partition power, then ${view.target}`)),
    make("p", { class: "message" }, view.message),
    view.pills.length > 0 && make("p", { class: "pills" }, ...view.pills.map(type =>
      make("span", { class: "pill", "data-tone": type === "Stalled" ? "bad" : "warn" }, type))),
  ]);
};

const showDial = increase => {
  const progress = increase.progress;
  const complete = increase.phase === "Complete";
  const share = complete ? 100 : progress ? progress.percent || 0 : 0;
  const eta = progress && !increase.ended ? seconds(progress.estimatedCompletion) : undefined;
  const took = increase.ended && increase.startTime && increase.completionTime
    ? seconds(increase.completionTime) - seconds(increase.startTime) : undefined;
  show(byId("dial"), {
    share,
    tone: complete ? "ok" : phaseTone(increase),
    word: complete ? "complete" : increase.step && progress ? increase.step : "",
    line: took !== undefined ? "took " + words(took)
      : eta !== undefined && share < 100 ? `${words(eta - now())} left`
      : increase.startTime && !increase.ended ? "for " + words(now() - seconds(increase.startTime)) : "",
    note: eta !== undefined && share < 100 ? `this step ends about ${clock(eta)}`
      : took !== undefined ? `ended ${clock(seconds(increase.completionTime))}` : "",
  }, view => [
    make("div", { class: "dial", "data-tone": view.tone, role: "img", "aria-label": `${view.word || "step"}: ${view.share} percent` },
      draw("svg", { viewBox: "0 0 100 100" },
        draw("circle", { class: "track", cx: 50, cy: 50, r: 44 }),
        draw("circle", { class: "arc", cx: 50, cy: 50, r: 44, pathLength: 100, "stroke-dasharray": "100 100",
          "stroke-dashoffset": 100 - view.share, visibility: view.share > 0 ? "visible" : "hidden" })),
      make("div", {}, make("b", {}, view.share + "%"), make("small", {}, view.word))),
    make("div", {}, make("p", {}, make("b", {}, view.line)), make("p", { class: "note" }, view.note)),
  ]);
};

const showTimeline = increase => {
  const signs = { Done: "✓", Skipped: "–" };
  const said = { Done: "done", Current: "now", Ahead: "to come", Skipped: "left out" };
  const stages = (increase.timeline || []).map(stage => {
    const since = seconds(stage.since);
    const until = seconds(stage.until);
    const current = stage.state === "Current";
    const done = stage.state === "Done" || (current && increase.ended && increase.phase !== "Failed");
    return {
      phase: stage.phase,
      state: done ? "Done" : stage.state,
      now: current,
      sign: done ? "✓" : signs[stage.state] || (current ? { Failed: "✗" }[stage.phase] || "●" : ""),
      said: said[stage.state],
      took: since === undefined ? "" : until !== undefined ? words(until - since)
        : increase.ended ? clock(since) : words(now() - since),
    };
  });
  show(byId("timeline"), { stages, tone: phaseTone(increase) }, view => view.stages.map(stage =>
    make("li", { "data-state": stage.state, "data-phase": stage.phase, "data-tone": view.tone, "aria-current": stage.now ? "step" : null },
      stage.phase === "Increasing" && make("span", { class: "edge", "aria-hidden": "true" }) || "",
      stage.phase === "Increasing" && make("span", { class: "edge-name" }, "no way back from here") || "",
      make("span", { class: "mark", "aria-hidden": "true" }, stage.sign),
      make("span", { class: "name" }, phaseName(stage.phase), make("span", { class: "unseen" }, ", " + stage.said)),
      make("span", { class: "took" }, stage.took))));
};

const showProblems = increase => {
  const problems = increase.problems || [];
  byId("problems").hidden = problems.length === 0;
  show(byId("problems"), problems, list => [
    make("h2", { id: "problems-title" }, plural(list.length, "problem", "problems")),
    make("ul", {}, ...list.map(problem => make("li", {},
      make("span", { class: "where" },
        [problem.node, problem.device, problem.consumer].filter(Boolean).join(" · ") || "the increase"),
      make("span", {}, make("span", { class: "reason" }, problem.reason), " ", problem.message || "")))),
  ]);
};

const showTiles = increase => {
  const { nodes, progress, ring } = increase;
  const tiles = [];
  const tile = (name, value, note, tone) => tiles.push({ name, value, note: note || "", tone: tone || "idle" });
  if (ring) {
    tile("Ring", ring.nextPartPower ? `${ring.partPower}, next ${ring.nextPartPower}` : `power ${ring.partPower}`,
      "md5 " + ring.md5.slice(0, 8));
    const all = ring.consumersCurrent >= ring.consumersTotal;
    tile("Have proved it", `${number(ring.consumersCurrent)} of ${number(ring.consumersTotal)}`,
      ring.spreadSeconds ? `within ${words(ring.spreadSeconds)}` : "nodes and consumers", all ? "ok" : "run");
  }
  if (nodes) {
    const parts = [[nodes.running, "at work"], [nodes.waiting, "wait"], [nodes.failed, "failed"]];
    tile("Nodes done", `${number(nodes.done)} of ${number(nodes.total)}`,
      parts.filter(part => part[0]).map(part => `${number(part[0])} ${part[1]}`).join(", "), nodes.failed ? "bad" : "idle");
  }
  if (progress) {
    tile("Partitions", short(progress.partitionsDone || 0), `of ${short(progress.partitionsTotal || 0)}, over all devices`);
    const cleaning = increase.step === "Cleanup";
    tile(cleaning ? "Files removed" : "Links made", short((cleaning ? progress.removed : progress.linked) || 0),
      `${short(progress.files || 0)} files looked at`);
    tile("Errors", number(progress.errors), "", progress.errors ? "bad" : "idle");
  }
  if (increase.replicationSuspendedSince && !increase.ended) {
    const deadline = seconds(increase.cleanupDeadline);
    const left = deadline - now();
    tile("No replication for", words(now() - seconds(increase.replicationSuspendedSince)),
      deadline ? (left > 0 ? `clean up within ${words(left)}` : "cleanup is past its deadline") : "while the ring has a next power",
      deadline && left < 86400 ? "warn" : "idle");
  }
  show(byId("tiles"), tiles, list => list.map(t => make("div", { "data-tone": t.tone },
    make("dt", {}, t.name), make("dd", {}, t.value, make("small", {}, t.note)))));
};

const showCharts = increase => {
  const points = increase.rate || [];
  const rate = increase.progress && !increase.ended ? increase.progress.filesPerSecond || 0 : 0;
  const left = points.length ? points.at(-1)[3] : -1;
  chart(byId("rate-chart"), {
    title: "Files per second", tone: "run", last: increase.ended ? "ended" : short(rate), format: short,
    points: points.map(point => [point[0], point[2] || 0]),
  });
  chart(byId("time-chart"), {
    title: "Time left in the step", tone: "ok", last: increase.ended || left === -1 ? "–" : words(left || 0), format: words,
    points: points.map(point => [point[0], point[3] === -1 ? undefined : point[3] || 0]),
  });
};

const showConditions = increase => {
  const wanted = { Stalled: "False", Degraded: "False", Paused: "False", AwaitingApproval: "False" };
  const facts = (increase.conditions || []).map(c => {
    const good = wanted[c.type] ? c.status === wanted[c.type] : c.status === "True";
    const bad = !good && ["Stalled", "Degraded"].includes(c.type);
    const waits = !good && ["Paused", "AwaitingApproval", "PreflightPassed"].includes(c.type);
    return {
      title: c.type + (c.status === "True" ? "" : c.status === "False" ? ": no" : ": not known"),
      text: [c.message || c.reason || ""],
      sign: bad ? "!" : good ? "✓" : "·",
      tone: bad ? "bad" : waits ? "warn" : good ? "ok" : "idle",
    };
  });
  show(byId("conditions"), facts, factList);
};

const showPreflight = increase => {
  const looks = { Passed: ["✓", "ok"], Warning: ["!", "warn"], Failed: ["✗", "bad"] };
  const checks = increase.preflight || [];
  byId("preflight-box").hidden = checks.length === 0;
  const counts = Object.keys(looks).map(result => [checks.filter(c => c.result === result).length, result.toLowerCase()]);
  byId("preflight-sum").textContent = counts.filter(c => c[0]).map(c => c.join(" ")).join(", ");
  show(byId("preflight"), checks.map(c => ({ title: c.check, text: [c.message || ""], sign: (looks[c.result] || ["", ""])[0],
    tone: (looks[c.result] || ["", "idle"])[1] })), factList);
};

const factList = facts => [make("ul", { class: "facts" }, ...facts.map(fact => make("li", { "data-tone": fact.tone },
  make("span", { class: "sign", "aria-hidden": "true" }, fact.sign), make("span", { class: "title" }, fact.title),
  make("span", { class: "dim" }, ...fact.text))))];
