"use strict";
// Draws the list of findings. All text reaches the page as text nodes; nothing is ever parsed as markup.
(() => {
  const PAGE_ROWS = 60;      // rows drawn before somebody scrolls
  const SEARCH_WAIT_MS = 120;
  const read = (element) => { const value = JSON.parse(element.textContent); element.remove(); return value; };
  const rows = [].concat(...[...document.querySelectorAll("script.rows")].map(read));
  const T = read(document.querySelector("script.tables"));
  const [POLICY, STATUS, SEVERITY, RISK, RESOURCE, MESSAGE, ID, EVIDENCE, FACTORS, LACKS, EXCEPTION] = Array(11).keys();
  const STATUS_WORDS = { fail: "Failed", unknown: "Unknown", manual: "To look at", excepted: "Excepted", pass: "Passed" };
  const resource = (row) => T.resources[row[RESOURCE]];
  const nameOf = (place) => place[1] || place[0];
  const text = (number) => T.texts[number];
  const number = (value) => value.toLocaleString("en");
  const plural = (value, one, many) => `${number(value)} ${value === 1 ? one : many}`;

  const make = (tag, properties, ...children) => {
    const element = document.createElement(tag);
    for (const [key, value] of Object.entries(properties || {})) {
      if (key === "class") element.className = value;
      else if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
      else if (value !== undefined && value !== null) element.setAttribute(key, value);
    }
    element.append(...children.filter((child) => child !== null && child !== undefined));
    return element;
  };
  const link = (address) => /^https:\/\//.test(address)
    ? make("a", { href: address, rel: "noopener noreferrer", target: "_blank" }, address.replace(/^https:\/\//, ""))
    : address;

  // ---- filters; their state lives in the address after #
  const form = document.getElementById("filters"), state = document.getElementById("state");
  const list = document.getElementById("list"), clear = document.getElementById("clear");
  const FIELDS = ["text", "status", "severity", "service", "account", "region", "group"];
  let policyFilter = "";

  const fill = (name, options) => {
    form.elements[name].replaceChildren(...options.map(([value, words]) => make("option", { value }, words)));
  };
  const counted = (index) => {
    const counts = new Map();
    for (const place of T.resources) counts.set(place[index], (counts.get(place[index]) || 0) + 1);
    return [...counts.keys()].map(text).filter(Boolean).sort().map((word) => [word, word]);
  };
  const statuses = T.listed ? T.statuses : T.statuses.filter((status) => status !== "pass");
  fill("status", [["fail", "Failed"], ...statuses.filter((s) => s !== "fail").map((s) => [s, STATUS_WORDS[s]]), ["all", "All"]]);
  fill("severity", [["", "All"], ...[...T.severities].reverse().map((word) => [word, word[0].toUpperCase() + word.slice(1)])]);
  fill("service", [["", "All"], ...counted(3)]);
  fill("account", [["", "All"], ...counted(5)]);
  fill("region", [["", "All"], ...counted(4)]);
  form.hidden = false;
  form.addEventListener("submit", (event) => event.preventDefault());

  const filterFromAddress = () => {
    const hash = location.hash.slice(1);
    if (!hash.includes("=")) return false;
    const wanted = new URLSearchParams(hash);
    for (const name of FIELDS) form.elements[name].value = wanted.get(name) || (name === "status" ? "fail" : "");
    if (!form.elements.status.value) form.elements.status.value = "all";
    policyFilter = wanted.get("policy") || "";
    return true;
  };
  const filterToAddress = () => {
    const wanted = new URLSearchParams();
    for (const name of FIELDS) {
      const value = form.elements[name].value;
      if (value && !(name === "status" && value === "fail")) wanted.set(name, value);
    }
    if (policyFilter) wanted.set("policy", policyFilter);
    const hash = wanted.toString();
    try { history.replaceState(null, "", hash ? "#" + hash : "#findings"); } catch { /* some browsers refuse it for files */ }
  };
  const isFiltered = () => policyFilter || FIELDS.some((name) => name !== "group" && form.elements[name].value && !(name === "status" && form.elements[name].value === "fail"));

  let haystacks = null;
  const haystack = (index) => {
    haystacks ||= new Array(rows.length);
    const row = rows[index], policy = T.policies[row[POLICY]], place = resource(row);
    return haystacks[index] ||= [row[MESSAGE], policy.id, policy.title, place[0], place[1], place[6], place[7], row[ID],
      ...row[LACKS].map((lack) => T.lacks[lack][0])].join("\n").toLowerCase();
  };
  const chosen = () => {
    const value = (name) => form.elements[name].value;
    const status = T.statuses.indexOf(value("status")), severity = T.severities.indexOf(value("severity"));
    const [service, region, account] = ["service", "region", "account"].map((name) => value(name) ? T.texts.indexOf(value(name)) : -1);
    const words = value("text").toLowerCase().split(/\s+/).filter(Boolean);
    const policy = T.policies.findIndex((policy) => policy.id === policyFilter);
    const found = [];
    rows.forEach((row, index) => {
      if (status >= 0 && row[STATUS] !== status) return;
      if (severity >= 0 && row[SEVERITY] !== severity) return;
      if (policyFilter && row[POLICY] !== policy) return;
      const place = resource(row);
      if (service >= 0 && place[3] !== service || region >= 0 && place[4] !== region || account >= 0 && place[5] !== account) return;
      if (words.length && !words.every((word) => haystack(index).includes(word))) return;
      found.push(row);
    });
    return found;
  };

  // ---- a list that is drawn as far as somebody scrolls
  const drawn = (parent, items, draw, what) => {
    let next = 0;
    const more = make("button", { type: "button", class: "more", onclick: () => { const at = next; step(); parent.children[at]?.querySelector("button")?.focus(); } });
    const step = () => {
      const part = document.createDocumentFragment();
      for (const end = Math.min(next + PAGE_ROWS, items.length); next < end; next += 1) part.append(draw(items[next]));
      more.remove();
      parent.append(part);
      if (next < items.length) {
        more.textContent = `Show more (${number(items.length - next)} ${what} left)`;
        parent.append(more);
        watch.observe(more);
      } else watch.disconnect();
    };
    const watch = new IntersectionObserver((entries) => { if (entries.some((entry) => entry.isIntersecting)) { watch.disconnect(); step(); } }, { rootMargin: "400px" });
    step();
  };

  // ---- pieces
  let serial = 0;
  const folded = (className, head, draw, level) => {
    const id = `f${serial += 1}`;
    const body = make("div", { id, hidden: "" });
    const button = make("button", { type: "button", class: "head", "aria-expanded": "false", "aria-controls": id }, ...head);
    button.addEventListener("click", () => {
      const open = button.getAttribute("aria-expanded") !== "true";
      if (open && !body.firstChild) draw(body);
      button.setAttribute("aria-expanded", String(open));
      body.hidden = !open;
    });
    const heading = make(level, { class: "bare" }, button);
    const element = make("div", { class: className }, heading, body);
    element.open = () => { if (body.hidden) button.click(); };
    return element;
  };
  const code = (source) => {
    const box = make("div", { class: "code" }, make("pre", { tabindex: "0" }, source.trim()));
    if (navigator.clipboard) {
      const button = make("button", { type: "button", onclick: () => navigator.clipboard.writeText(source.trim()).then(() => { button.textContent = "Copied"; setTimeout(() => { button.textContent = "Copy"; }, 1500); }, () => {}) }, "Copy");
      box.append(button);
    }
    return box;
  };
  const tabs = (entries) => {
    if (!entries.length) return null;
    const bar = make("div", { class: "tabs", role: "tablist", "aria-label": "How to fix it" });
    const panel = make("div", { role: "tabpanel" });
    const buttons = entries.map(([name, draw], index) => make("button", {
      type: "button", role: "tab", "aria-selected": "false",
      onclick: () => show(index),
      onkeydown: (event) => {
        const turn = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
        if (turn) { const to = (index + turn + entries.length) % entries.length; show(to); buttons[to].focus(); }
      },
    }, name));
    const show = (index) => {
      buttons.forEach((button, at) => { button.setAttribute("aria-selected", String(at === index)); button.tabIndex = at === index ? 0 : -1; });
      panel.replaceChildren(entries[index][1]());
      panel.setAttribute("aria-label", entries[index][0]);
    };
    bar.append(...buttons);
    show(0);
    return make("div", {}, bar, panel);
  };
  const prose = (policy) => {
    const box = make("div", { class: "prose" });
    const titled = (title, ...children) => { if (children.some(Boolean)) box.append(make("h4", {}, title), ...children); };
    if (policy.risk) box.append(make("p", {}, policy.risk));
    const guide = [];
    if (policy.console.length) guide.push(["Console", () => make("ol", {}, ...policy.console.map((step) => make("li", {}, step)))]);
    if (policy.cli) guide.push(["Command line", () => code(policy.cli)]);
    if (policy.terraform) guide.push(["Terraform", () => code(policy.terraform)]);
    titled("How to fix it", tabs(guide));
    if (policy.references.length) titled("References", make("ul", { class: "links" }, ...policy.references.map((address) => make("li", {}, link(address)))));
    if (policy.frameworks.length) titled("Asked for by", make("dl", { class: "words" }, ...policy.frameworks.flatMap(([name, ids]) => [make("dt", {}, name), make("dd", {}, ids.join(", "))])));
    const known = Object.entries(policy.equivalents);
    if (known.length) titled("Known elsewhere as", make("dl", { class: "words" }, ...known.flatMap(([tool, ids]) => [make("dt", {}, tool), make("dd", {}, ids.join(", "))])));
    return box;
  };
  const shown = (value) => {
    if (value === null) return "not set";
    if (typeof value !== "object") return String(value);
    if (Array.isArray(value.$unknown)) return "unknown: " + value.$unknown.map((lack) => `${lack.what} (${lack.cause})`).join(", ");
    if (Array.isArray(value) && value.every((item) => item === null || typeof item !== "object")) return value.map(shown).join(", ") || "none";
    return JSON.stringify(value, null, 1);
  };
  const evidence = (value) => make("div", { class: "evidence" },
    value !== null && typeof value === "object" && !Array.isArray(value) && !value.$unknown && Object.keys(value).length
      ? make("dl", {}, ...Object.entries(value).map(([key, member]) => make("div", {}, make("dt", {}, key), make("dd", {}, shown(member)))))
      : make("dl", {}, make("dd", {}, shown(value))));
  const detail = (row, body) => {
    const place = resource(row), box = make("div", { class: "detail" });
    const titled = (title, ...children) => box.append(make("h5", {}, title), ...children);
    if (row[EXCEPTION] >= 0) {
      const [id, reason, owner, until] = T.exceptions[row[EXCEPTION]];
      box.append(make("p", { class: "note" }, `Accepted by ${owner || "nobody named"}${until ? ` until ${until}` : ", without an end"}: ${reason} (${id})`));
    }
    for (const lack of row[LACKS]) {
      const [what, cause, words] = T.lacks[lack];
      box.append(make("p", { class: "note" }, make("code", {}, what), ` is missing: ${cause}${words ? `. ${words}` : ""}`));
    }
    if (row[EVIDENCE].length) titled("Evidence", ...row[EVIDENCE].map(evidence));
    if (row[FACTORS].length) titled("Why this score", make("ul", { class: "factors" }, ...row[FACTORS].map((factor) => {
      const [name, points, words] = T.factors[factor];
      return make("li", {}, make("b", {}, (points < 0 ? "−" : "+") + Math.abs(points)), ` ${name} `, make("span", {}, words));
    })));
    titled("Resource", make("p", { class: "id" }, place[0]), place[6] ? make("p", { class: "id" }, place[6]) : "", place[7] ? make("p", { class: "id" }, place[8] ? `${place[7]}:${place[8]}` : place[7]) : "");
    titled("Finding", make("p", { class: "id" }, row[ID]));
    body.append(box);
  };
  const badge = (row) => T.statuses[row[STATUS]] === "fail" ? null : make("span", { class: "badge" }, STATUS_WORDS[T.statuses[row[STATUS]]]);
  const where = (place) => [text(place[5]), text(place[4])].filter(Boolean).join(" · ");
  const severity = (index) => T.severities[index];
  const finding = (full) => (row) => {
    const place = resource(row), policy = T.policies[row[POLICY]];
    const title = full === "policy" ? nameOf(place) : policy.title;
    const message = row[MESSAGE] && row[MESSAGE] !== title ? row[MESSAGE] : "";
    return folded(`finding ${severity(row[SEVERITY])}`, [
      make("span", { class: "score", title: "risk, of 100" }, row[RISK] ? String(row[RISK]) : "–"),
      make("span", { class: "name" }, make("bdi", {}, title), " ", badge(row) || "", make("span", { class: "sub" }, message), full === "risk" ? make("span", { class: "sub" }, `${policy.id} · ${nameOf(place)}`) : ""),
      make("span", { class: "counts dot" }, full === "policy" ? where(place) : `${severity(row[SEVERITY])}${full === "risk" ? " · " + where(place) : ""}`),
    ], (body) => {
      if (full === "risk") body.append(make("div", { class: "body" }, prose(policy)));
      detail(row, body);
    }, "h4");
  };

  // ---- groups
  const grouped = (found, index) => {
    const groups = new Map();
    for (const row of found) {
      const group = groups.get(row[index]);
      if (group) group.rows.push(row); else groups.set(row[index], { key: row[index], rows: [row] });
    }
    for (const group of groups.values()) {
      group.rows.sort((a, b) => b[RISK] - a[RISK] || b[SEVERITY] - a[SEVERITY]);
      group.risk = group.rows[0][RISK];
      group.severity = group.rows.reduce((worst, row) => Math.max(worst, row[SEVERITY]), 0);
    }
    return [...groups.values()].sort((a, b) => b.risk - a.risk || b.severity - a.severity || b.rows.length - a.rows.length || a.key - b.key);
  };
  const tally = (group) => {
    const counts = T.statuses.map((_, status) => group.rows.reduce((sum, row) => sum + (row[STATUS] === status), 0));
    return counts.map((count, status) => count ? `${number(count)} ${STATUS_WORDS[T.statuses[status]].toLowerCase()}` : "").filter(Boolean).join(", ");
  };
  const byPolicy = (group) => {
    const policy = T.policies[group.key];
    const passed = policy.passes && form.elements.status.value !== "all" && form.elements.status.value !== "pass" ? `, ${number(policy.passes)} passed` : "";
    return folded(`group ${severity(group.severity)}`, [
      make("span", { class: "score", title: "highest risk, of 100" }, group.risk ? String(group.risk) : "–"),
      make("span", { class: "name" }, policy.title, make("span", { class: "sub dot" }, `${severity(group.severity)} · ${policy.id}`)),
      make("span", { class: "counts" }, make("b", {}, tally(group)), passed),
    ], (body) => {
      body.className = "body";
      const box = make("div", { class: "rows" }, make("h4", {}, plural(group.rows.length, "resource", "resources")));
      const inner = make("div");
      box.append(inner);
      body.append(prose(policy), box);
      drawn(inner, group.rows, finding("policy"), "resources");
    }, "h3");
  };
  const byResource = (group) => {
    const place = T.resources[group.key];
    return folded(`group ${severity(group.severity)}`, [
      make("span", { class: "score", title: "highest risk, of 100" }, group.risk ? String(group.risk) : "–"),
      make("span", { class: "name" }, make("bdi", {}, nameOf(place)), make("span", { class: "sub dot" }, `${severity(group.severity)} · ${text(place[2])} · ${where(place)}`)),
      make("span", { class: "counts" }, make("b", {}, tally(group))),
    ], (body) => { body.className = "body"; drawn(body, group.rows, finding("resource"), "findings"); }, "h3");
  };

  const draw = () => {
    const found = chosen(), group = form.elements.group.value, box = make("div");
    let groups = 0;
    if (!found.length) {
      const total = rows.length ? "Nothing matches these filters." : T.listed ? "There are no findings." : "Nothing but passes.";
      box.append(make("p", { class: "nothing" }, !isFiltered() && rows.length ? "Nothing failed. Choose another status to see the rest." : total));
    } else if (group === "risk") {
      box.className = "flat";
      found.sort((a, b) => b[RISK] - a[RISK] || b[SEVERITY] - a[SEVERITY]);
      drawn(box, found, finding("risk"), "findings");
    } else {
      const all = grouped(found, group === "resource" ? RESOURCE : POLICY);
      groups = all.length;
      drawn(box, all, group === "resource" ? byResource : byPolicy, group === "resource" ? "resources" : "policies");
    }
    list.replaceChildren(box);
    state.textContent = plural(found.length, "finding", "findings")
      + (groups ? group === "resource" ? ` of ${plural(groups, "resource", "resources")}` : ` under ${plural(groups, "policy", "policies")}` : "")
      + (policyFilter ? ` · ${policyFilter} only` : "")
      + (T.listed ? "" : " · passes are counted by policy");
    clear.hidden = !isFiltered();
    if (policyFilter && groups === 1) box.firstChild.open();
  };

  let waiting = 0;
  form.addEventListener("input", (event) => {
    clearTimeout(waiting);
    waiting = setTimeout(() => { filterToAddress(); draw(); }, event.target.name === "text" ? SEARCH_WAIT_MS : 0);
  });
  clear.addEventListener("click", () => { form.reset(); form.elements.status.value = "fail"; policyFilter = ""; filterToAddress(); draw(); form.elements.text.focus(); });
  addEventListener("hashchange", () => { if (filterFromAddress()) { draw(); document.getElementById("findings").scrollIntoView(); } });
  const asked = filterFromAddress();
  draw();
  if (asked) document.getElementById("findings").scrollIntoView();
})();
