// Draws what manager.watch shows, and tells Python whether anybody can see it.
// Python sends what has changed; this keeps the whole, draws it when it has changed, and asks for nothing.

const RENEW = 20_000; // ms between two words that somebody still looks
const QUIET = 5_000; // ms without an update after which what is shown is called old
const [AHEAD, BEHIND] = [-1_000, 86_400_000]; // ms; a lag outside of these is one of clocks or recordings
const [SECOND, MINUTE, HOUR, DAY] = [1_000, 60_000, 3_600_000, 86_400_000];
// Steps of a time axis.
const ROUND = [
  ...[1, 2, 5, 10, 15, 30].map((n) => n * SECOND),
  ...[1, 2, 5, 10, 15, 30].map((n) => n * MINUTE),
  ...[1, 2, 4, 6, 12].map((n) => n * HOUR),
  ...[1, 2, 7, 14, 28, 84, 364].map((n) => n * DAY),
];
const POINTS = 300;
const CANDLES = 200;

// ---- numbers as people read them ------------------------------------------------------------------------

function duration(ms) {
  if (ms == null) return "–";
  const size = Math.abs(ms);
  if (size < 1000) return `${Math.round(ms)} ms`;
  if (size < 10_000) return `${(ms / 1000).toFixed(1)} s`;
  if (size < 120_000) return `${Math.round(ms / 1000)} s`;
  if (size < 7_200_000) return `${Math.round(ms / 60_000)} min`;
  if (size < 172_800_000) return `${Math.round(ms / 3_600_000)} h`;
  return `${Math.round(ms / 86_400_000)} d`;
}

const rate = (value) => (value == null ? "–" : `${value >= 100 ? Math.round(value) : value}/s`);

// The exchange's own digits, with separators, and without the zeros at the end that say nothing.
function plain(text, places) {
  const [whole, rest = ""] = String(text).split(".");
  const kept = places == null ? rest.replace(/0+$/, "") : rest.slice(0, places).padEnd(places, "0");
  return whole.replace(/\B(?=(\d{3})+$)/g, ",") + (kept ? `.${kept}` : "");
}

// The places that the longest of some numbers needs, so that columns and axes stand still.
function placesOf(texts) {
  return texts.reduce((most, text) => {
    const rest = String(text).split(".")[1] ?? "";
    return Math.max(most, rest.replace(/0+$/, "").length);
  }, 0);
}

// A change in per cent, and the class of its colour.
function per_cent(value) {
  const text = Math.abs(value).toFixed(2);
  if (!Number(text)) return [`${text} %`, ""];
  return value > 0 ? [`▲ +${text} %`, "bws-up"] : [`▼ −${text} %`, "bws-down"];
}

function amount(value) {
  const size = Math.abs(value);
  if (size >= 1e9) return `${(value / 1e9).toFixed(2)} G`;
  if (size >= 1e6) return `${(value / 1e6).toFixed(2)} M`;
  if (size >= 1e4) return `${(value / 1e3).toFixed(1)} k`;
  return String(+value.toPrecision(5));
}

function clock(ms, step) {
  const options = step >= 86_400_000 ? { month: "short", day: "numeric" } : { hour: "2-digit", minute: "2-digit" };
  if (step < 60_000) options.second = "2-digit";
  return new Intl.DateTimeFormat(undefined, { ...options, hour12: false }).format(ms);
}

// ---- pieces of a page -----------------------------------------------------------------------------------

function make(tag, className, parent, text) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  if (text != null) made.textContent = text;
  parent?.append(made);
  return made;
}

function say(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

// A canvas in the pixels of the screen, empty; what is drawn counts in CSS pixels.
function paper(canvas) {
  const ratio = window.devicePixelRatio || 1;
  const { width, height } = canvas.getBoundingClientRect();
  if (!width || !height) return null;
  const [w, h] = [Math.round(width * ratio), Math.round(height * ratio)];
  if (canvas.width !== w || canvas.height !== h) Object.assign(canvas, { width: w, height: h });
  const pen = canvas.getContext("2d");
  pen.setTransform(ratio, 0, 0, ratio, 0, 0);
  pen.clearRect(0, 0, width, height);
  const style = getComputedStyle(canvas);
  const colour = (name) => style.getPropertyValue(name).trim();
  return {
    pen, width, height,
    text: style.color, up: colour("--bws-up"), down: colour("--bws-down"), line: colour("--bws-line"),
    font: `11px ${style.fontFamily}`,
  };
}

// Thin lines are sharp where they lie on half pixels.
const sharp = (value) => Math.round(value) + 0.5;

// Round steps of an axis, about so many.
function steps(low, high, about) {
  const raw = (high - low) / Math.max(1, about);
  const size = 10 ** Math.floor(Math.log10(raw));
  const step = [1, 2, 2.5, 5, 10].map((factor) => factor * size).find((each) => each >= raw) ?? raw;
  const found = [];
  for (let at = Math.ceil(low / step) * step; at <= high; at += step) found.push(at);
  return found;
}

// ---- panes ----------------------------------------------------------------------------------------------

function head(pane, about) {
  const row = make("div", "bws-head", pane);
  make("span", "bws-title", row, about.title);
  make("span", "bws-sub", row, [about.market, about.subtitle].filter(Boolean).join(" "));
  const numbers = make("span", "bws-numbers", row);
  numbers.title = "messages a second, and how late the last one came";
  return (state) => {
    const parts = state.rate === undefined || state.rate === null ? [] : [rate(state.rate)];
    if (state.lag != null && state.lag > AHEAD && state.lag < BEHIND) parts.push(duration(state.lag));
    say(numbers, parts.join(" · "));
  };
}

function pricePane(el, about) {
  const numbers = head(el, about);
  const row = make("div", "bws-row", el);
  const price = make("span", "bws-price-now", row, "–");
  const change = make("span", "bws-change", row);
  const period = make("span", "bws-small", row);
  const note = make("span", "bws-small bws-end", row);
  const canvas = make("canvas", "", el);
  canvas.setAttribute("role", "img");
  let before = null;
  let direction = "";

  return (state, now) => {
    numbers(state);
    const points = [...state.series].map(([at, text]) => [at, Number(text)]);
    const places = placesOf([...state.series.values()].slice(-30).concat(state.price ?? []));
    say(price, state.price == null ? "–" : plain(state.price, places));
    const value = Number(state.price);
    if (before !== null && value !== before) direction = value > before ? "bws-up" : "bws-down";
    before = value;
    price.className = `bws-price-now ${direction}`;
    const numbersIn = /\d[\d.]*/g;
    const noted = placesOf(state.note?.match(numbersIn) ?? []);
    say(note, (state.note ?? "").replace(numbersIn, (number) => plain(number, noted)));
    const span = points.length > 1 ? points.at(-1)[0] - points[0][0] : 0;
    const moved = state.change ?? (span ? (points.at(-1)[1] / points[0][1] - 1) * 100 : null);
    const [text, colour] = moved == null ? ["", ""] : per_cent(moved);
    change.className = `bws-change ${colour}`;
    say(change, text);
    say(period, moved == null ? "" : state.change == null ? duration(span * 1000) : "24 h");
    canvas.setAttribute("aria-label", `${about.title} ${price.textContent}`);
    sparkline(canvas, points, now, (moved ?? 0) >= 0);
  };
}

function sparkline(canvas, points, now, rising) {
  const sheet = paper(canvas);
  if (!sheet || !points.length) return;
  const { pen, width, height } = sheet;
  const last = Math.max(now, points.at(-1)[0]);
  const first = Math.min(points[0][0], last - 10);
  const prices = points.map(([, value]) => value);
  const [low, high] = [Math.min(...prices), Math.max(...prices)];
  const room = high - low || Math.abs(high) * 1e-4 || 1;
  const x = (at) => 1 + ((at - first) / (last - first)) * (width - 7);
  const y = (value) => height - 5 - ((value - low + (high === low ? room / 2 : 0)) / room) * (height - 10);
  const colour = rising ? sheet.up : sheet.down;

  const trace = new Path2D();
  points.forEach(([at, value], index) => {
    // A price holds until the next one comes.
    if (index) trace.lineTo(x(at), y(points[index - 1][1]));
    trace[index ? "lineTo" : "moveTo"](x(at), y(value));
  });
  trace.lineTo(x(last), y(prices.at(-1)));
  const area = new Path2D(trace);
  area.lineTo(x(last), height);
  area.lineTo(x(points[0][0]), height);
  area.closePath();
  pen.fillStyle = colour;
  pen.globalAlpha = 0.12;
  pen.fill(area);
  pen.globalAlpha = 1;
  pen.strokeStyle = colour;
  pen.lineWidth = 1.5;
  pen.lineJoin = "round";
  pen.stroke(trace);
  pen.beginPath();
  pen.arc(x(last), y(prices.at(-1)), 2.5, 0, 7);
  pen.fill();
}

function candlePane(el, about, redraw) {
  const numbers = head(el, about);
  const row = make("div", "bws-row", el);
  const price = make("span", "bws-price-now", row, "–");
  const change = make("span", "bws-change", row);
  const legend = make("div", "bws-legend bws-small", el);
  const canvas = make("canvas", "", el);
  canvas.setAttribute("role", "img");
  let pointer = null;
  canvas.addEventListener("pointermove", (event) => {
    pointer = { x: event.offsetX, y: event.offsetY };
    redraw();
  });
  canvas.addEventListener("pointerleave", () => {
    pointer = null;
    redraw();
  });

  return (state) => {
    numbers(state);
    const candles = [...state.series].map(([at, texts]) => ({ at, texts, v: texts.map(Number) }));
    if (!candles.length) return;
    const places = placesOf(candles.slice(-50).flatMap(({ texts }) => texts.slice(0, 4)));
    const last = candles.at(-1);
    const moved = (last.v[3] / last.v[0] - 1) * 100;
    say(price, plain(last.texts[3], places));
    const [text, colour] = per_cent(moved);
    change.className = `bws-change ${colour}`;
    price.className = `bws-price-now ${colour}`;
    say(change, text);
    const shown = chart(canvas, candles, places, pointer) ?? last;
    const words = ["open", "high", "low", "close"].map((name, i) => `${name} ${plain(shown.texts[i], places)}`);
    const step = candles.length > 1 ? candles[1].at - candles[0].at : 60_000;
    say(legend, `${clock(shown.at, step)}  ${words.join("  ")}  volume ${amount(shown.v[4])}`);
    canvas.setAttribute("aria-label", `${about.title}: ${legend.textContent}`);
  };
}

function chart(canvas, candles, places, pointer) {
  const sheet = paper(canvas);
  if (!sheet) return null;
  const { pen, width, height } = sheet;
  pen.font = sheet.font;
  const label = (value) => plain(value.toFixed(places));
  const right = Math.ceil(pen.measureText(label(candles.at(-1).v[1])).width) + 14;
  const [plot, floor] = [width - right, height - 18];
  const body = 7; // what a candle takes in width, the gap beside it included
  const shown = candles.slice(-Math.max(10, Math.floor(plot / body)));
  const slot = Math.min(plot / Math.max(shown.length, 40), 14);
  const left = plot - slot * shown.length;
  const volumeTop = floor - (floor * 0.18);
  let low = Math.min(...shown.map(({ v }) => v[2]));
  let high = Math.max(...shown.map(({ v }) => v[1]));
  const room = high - low || Math.abs(high) * 1e-3 || 1;
  [low, high] = [low - room * 0.06, high + room * 0.06];
  const y = (value) => 4 + ((high - value) / (high - low)) * (volumeTop - 10);
  const x = (index) => left + (index + 0.5) * slot;

  // The grid, with prices at the right and times below.
  pen.textBaseline = "middle";
  pen.lineWidth = 1;
  const marks = steps(low, high, volumeTop / 55);
  const fine = placesOf(marks.map((value) => value.toFixed(places)));
  for (const value of marks) {
    pen.strokeStyle = sheet.line;
    pen.beginPath();
    pen.moveTo(0, sharp(y(value)));
    pen.lineTo(plot, sharp(y(value)));
    pen.stroke();
    pen.fillStyle = sheet.text;
    pen.globalAlpha = 0.68;
    pen.fillText(plain(value.toFixed(places), fine), plot + 8, y(value));
    pen.globalAlpha = 1;
  }
  const step = shown.length > 1 ? shown[1].at - shown[0].at : 60_000;
  const round = ROUND.find((each) => each >= (step * 74) / slot) ?? ROUND.at(-1);
  const zone = new Date(shown.at(-1).at).getTimezoneOffset() * 60_000;
  pen.textAlign = "center";
  shown.forEach(({ at }, index) => {
    if ((at - zone) % round || x(index) < 24 || x(index) > plot - 18) return;
    pen.strokeStyle = sheet.line;
    pen.beginPath();
    pen.moveTo(sharp(x(index)), 0);
    pen.lineTo(sharp(x(index)), floor);
    pen.stroke();
    pen.fillStyle = sheet.text;
    pen.globalAlpha = 0.68;
    pen.fillText(clock(at, step), x(index), height - 8);
    pen.globalAlpha = 1;
  });

  const most = Math.max(...shown.map(({ v }) => v[4])) || 1;
  const wide = Math.max(1, Math.round(slot * 0.68));
  shown.forEach(({ v: [open, top, bottom, close, volume] }, index) => {
    const [from, middle] = [Math.round(x(index) - wide / 2), Math.floor(x(index))];
    pen.fillStyle = close >= open ? sheet.up : sheet.down;
    pen.globalAlpha = 0.28;
    const tall = (volume / most) * (floor - volumeTop);
    pen.fillRect(from, floor - tall, wide, tall);
    pen.globalAlpha = 1;
    pen.fillRect(middle, y(top), 1, Math.max(1, y(bottom) - y(top)));
    const [upper, lower] = [Math.round(y(Math.max(open, close))), Math.round(y(Math.min(open, close)))];
    pen.fillRect(from, upper, wide, Math.max(1, lower - upper));
  });

  // The last price, on the axis.
  const last = shown.at(-1).v;
  tag(sheet, plot, width, y(last[3]), label(last[3]), last[3] >= last[0] ? sheet.up : sheet.down);
  const index = pointer && pointer.x < plot ? Math.floor((pointer.x - left) / slot) : -1;
  if (index < 0 || index >= shown.length) return null;
  pen.strokeStyle = sheet.text;
  pen.globalAlpha = 0.5;
  pen.setLineDash([3, 3]);
  pen.beginPath();
  pen.moveTo(sharp(x(index)), 0);
  pen.lineTo(sharp(x(index)), floor);
  pen.moveTo(0, sharp(pointer.y));
  pen.lineTo(plot, sharp(pointer.y));
  pen.stroke();
  pen.setLineDash([]);
  pen.globalAlpha = 1;
  return shown[index];
}

function tag({ pen }, plot, width, at, text, colour) {
  pen.strokeStyle = pen.fillStyle = colour;
  pen.globalAlpha = 0.7;
  pen.setLineDash([2, 3]);
  pen.beginPath();
  pen.moveTo(0, sharp(at));
  pen.lineTo(plot, sharp(at));
  pen.stroke();
  pen.setLineDash([]);
  pen.globalAlpha = 1;
  pen.fillRect(plot + 2, at - 8, width - plot - 2, 16);
  pen.fillStyle = "#fff";
  pen.textAlign = "left";
  pen.fillText(text, plot + 8, at + 0.5);
}

function ladderPane(el, about) {
  const numbers = head(el, about);
  const table = make("table", "", el);
  const titles = make("tr", "", make("thead", "", table));
  for (const name of ["price", "quantity", "sum"]) make("th", "", titles, name);
  const rows = make("tbody", "", table);
  const note = make("div", "bws-small", el);

  return (state) => {
    numbers(state);
    say(note, state.stale ? `not up to date: ${state.stale}` : "");
    const [bids, asks] = [state.bids ?? [], state.asks ?? []];
    const places = [0, 1].map((part) => placesOf([...bids, ...asks].map((level) => level[part])));
    const [under, over] = [summed(bids), summed(asks)];
    const most = Math.max(under.at(-1)?.sum ?? 0, over.at(-1)?.sum ?? 0) || 1;
    const rungs = [...over.reverse().map((r) => [r, "down"]), null, ...under.map((r) => [r, "up"])];
    while (rows.children.length < rungs.length) {
      const row = make("tr", "bws-rung", rows);
      for (let cell = 0; cell < 3; cell++) make("td", "", row);
    }
    while (rows.children.length > rungs.length) rows.lastChild.remove();
    rungs.forEach((rung, index) => {
      const row = rows.children[index];
      if (rung) fill(row, ...rung, most, places);
      else middle(row, bids[0], asks[0], places[0]);
    });
  };
}

function summed(levels) {
  let sum = 0;
  return levels.map(([price, quantity]) => ({ price, quantity, sum: (sum += Number(quantity)) }));
}

function fill(row, { price, quantity, sum }, side, most, [first, second]) {
  row.className = "bws-rung";
  const part = ((sum / most) * 100).toFixed(1);
  const colour = `color-mix(in srgb, var(--bws-${side}) 20%, transparent)`;
  row.style.background = `linear-gradient(to left, ${colour} ${part}%, transparent ${part}%)`;
  row.children[0].className = `bws-${side}`;
  say(row.children[0], plain(price, first));
  say(row.children[1], plain(quantity, second));
  say(row.children[2], plain(sum.toFixed(second), second));
}

function middle(row, bid, ask, places) {
  row.className = "bws-rung bws-mid";
  row.style.background = "";
  const [b, a] = [Number(bid?.[0]), Number(ask?.[0])];
  const known = bid && ask;
  row.children[0].className = "";
  say(row.children[0], known ? plain(((a + b) / 2).toFixed(places + 1)) : "–");
  say(row.children[1], known ? "spread" : "");
  say(row.children[2], known ? plain((a - b).toFixed(places)) : "");
}

const SOCKETS = ["key", "state", "messages", "rate", "age", "lag", "reconnects", "gaps", "backfilled", "errors"];

function socketsPane(el, about) {
  head(el, about);
  const table = make("table", "", el);
  const titles = make("tr", "", make("thead", "", table));
  SOCKETS.forEach((name, index) => make("th", index < 2 ? "bws-left" : "", titles, name));
  const body = make("tbody", "", table);

  return (state) => {
    const rows = state.rows ?? [];
    while (body.children.length > rows.length) body.lastChild.remove();
    while (body.children.length < rows.length) {
      const row = make("tr", "", body);
      SOCKETS.forEach((_, index) => make("td", index < 2 ? "bws-left" : "", row));
    }
    rows.forEach(([key, word, messages, perSecond, age, lag, ...troubles], index) => {
      const count = (value) => value.toLocaleString("en");
      const texts = [key, word, count(messages), rate(perSecond), duration(age), duration(lag)];
      [...texts, ...troubles.map(count)].forEach((text, cell) => say(body.children[index].children[cell], text));
      body.children[index].children[1].className = `bws-left ${word === "open" ? "bws-up" : "bws-down"}`;
    });
  };
}

const PANES = { price: pricePane, candles: candlePane, ladder: ladderPane, sockets: socketsPane };

// ---- what is known, and who looks -----------------------------------------------------------------------

const WORDS = {
  new: "not started: call manager.start()",
  connecting: "connecting",
  open: "",
  waiting: "the connection is lost; trying again",
  stale: "not up to date",
  closed: "closed",
};

// What Python has told so far.
function knowledge(count) {
  const panes = Array.from({ length: count }, () => ({ series: new Map() }));
  return { panes, state: "", note: "", now: 0, heard: 0 };
}

function learn(known, message) {
  Object.assign(known, { state: message.state, note: message.note, now: message.now, heard: Date.now() });
  message.panes.forEach(({ series, ...news }, index) => {
    const pane = known.panes[index];
    if (message.all) pane.series = new Map();
    Object.assign(pane, news);
    if (series) pane.series = joined(pane.series, series);
  });
}

function joined(series, news) {
  const all = new Map([...series, ...news]);
  const most = news.length && Array.isArray(news[0][1]) ? CANDLES : POINTS;
  return new Map([...all].sort(([a], [b]) => a - b).slice(-most));
}

export default () => {
  const who = Math.random().toString(36).slice(2);
  const draws = new Set();
  const seen = new Set();
  let known = null;
  let told = false;
  let look = () => {};

  return {
    initialize({ model }) {
      known = knowledge(model.get("panes").length);
      const speak = (words) => {
        try {
          model.send({ who, ...words });
        } catch {
          // The kernel is gone, and with it whom this concerns.
        }
      };
      const tell = (visible) => {
        told = visible;
        speak({ visible });
      };
      speak({});
      look = () => {
        const visible = seen.size > 0 && document.visibilityState === "visible";
        if (visible !== told) tell(visible);
      };
      const gone = () => told && tell(false);
      const renew = setInterval(() => told && tell(true), RENEW);
      const age = setInterval(() => told && draws.forEach((draw) => draw()), QUIET / 2);
      document.addEventListener("visibilitychange", look);
      window.addEventListener("pagehide", gone);
      model.on("msg:custom", (message) => {
        if (!message || !Array.isArray(message.panes)) return;
        learn(known, message);
        draws.forEach((draw) => draw());
      });
      return () => {
        clearInterval(renew);
        clearInterval(age);
        document.removeEventListener("visibilitychange", look);
        window.removeEventListener("pagehide", gone);
      };
    },

    render({ model, el }) {
      const root = make("div", "bws", el);
      const grid = make("div", "bws-panes", root);
      const foot = make("div", "bws-foot", root);
      const dot = make("span", "bws-dot", foot);
      const note = make("span", "bws-small", foot);
      let due = 0;
      const draw = () => {
        due ||= requestAnimationFrame(() => {
          due = 0;
          paint();
        });
      };
      const panes = model.get("panes").map((about) => {
        const pane = make("section", `bws-pane bws-${about.kind}`, grid);
        return PANES[about.kind](pane, about, draw);
      });
      const paint = () => {
        const quiet = told && known.heard > 0 && Date.now() - known.heard > QUIET && known.state !== "closed";
        const state = quiet ? "waiting" : known.state;
        root.classList.toggle("bws-idle", quiet || state === "closed");
        dot.dataset.state = state;
        const words = quiet ? "no updates from the kernel" : known.note || (WORDS[state] ?? state);
        say(note, known.heard ? words : "nothing to show yet: run the cell");
        foot.hidden = state === "open" && !words;
        foot.style.display = foot.hidden ? "none" : "";
        known.panes.forEach((state, index) => panes[index](state, known.now));
      };

      const view = Symbol("view");
      const see = (visible) => {
        seen[visible ? "add" : "delete"](view);
        look();
      };
      const sight = new IntersectionObserver((entries) => see(entries.at(-1).isIntersecting));
      const size = new ResizeObserver(draw);
      const theme = new MutationObserver(draw);
      sight.observe(root);
      size.observe(root);
      theme.observe(document.body, { attributes: true, attributeFilter: ["data-jp-theme-light", "class"] });
      draws.add(draw);
      draw();
      return () => {
        [sight, size, theme].forEach((observer) => observer.disconnect());
        cancelAnimationFrame(due);
        draws.delete(draw);
        see(false);
      };
    },
  };
};
