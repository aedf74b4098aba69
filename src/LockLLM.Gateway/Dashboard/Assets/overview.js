// Draws the overview's figures, and fetches them anew while somebody looks. Without it the page shows them as tables.
import { localize } from "./dashboard.js";
import { isAttended } from "./presence.js";

const refreshEvery = 15000;
const probe = document.createElement("span");
probe.hidden = true;
document.body.append(probe);
let plots = [];

// A canvas knows no custom properties.
function colour(name) {
  probe.style.color = `var(--${name})`;
  return getComputedStyle(probe).color;
}

const number = value => value == null ? "–" : value.toLocaleString();

// Times of a day with the day where it begins, else days.
const hours = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit" });
const days = new Intl.DateTimeFormat(undefined, { month: "short", day: "numeric" });
function moments(_, ticks, __, ___, step) {
  let last = "";
  return ticks.map(tick => {
    const day = days.format(new Date(tick * 1000));
    const isNew = day !== last;
    last = day;
    return step >= 86400 ? day : hours.format(new Date(tick * 1000)) + (isNew ? `\n${day}` : "");
  });
}

function axes() {
  const font = "12px system-ui, sans-serif";
  const common = { font, stroke: colour("faint"), grid: { stroke: colour("line"), width: 1 }, ticks: { show: false } };
  const count = tick => tick >= 1e6 ? `${tick / 1e6}M` : tick >= 1e4 ? `${tick / 1e3}k` : tick.toLocaleString();
  return [
    { ...common, grid: { show: false }, space: 80, gap: 8, size: 48, values: moments },
    { ...common, gap: 8, size: (_, labels) => 14 + 7 * Math.max(1, ...(labels ?? []).map(label => label.length)), incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1e3, 2e3, 5e3, 1e4, 2e4, 5e4, 1e5, 2e5, 5e5, 1e6, 1e7], values: (_, ticks) => ticks.map(count) },
  ];
}

// Stacked: the highest sum is drawn first, so that each lower one covers its part.
function draw(place, data) {
  const x = Array.from({ length: data.count }, (_, i) => data.start + i * data.step);
  const sums = [];
  for (const { values } of data.series) {
    const below = sums.at(-1);
    sums.push(values.map((value, i) => value + (below ? below[i] : 0)));
  }
  const order = data.series.map((_, i) => i).reverse();
  const bars = uPlot.paths.bars({ size: [0.72, 40], align: 1, radius: 0.12 });
  const plot = new uPlot({
    width: Math.max(260, place.clientWidth),
    height: 220,
    padding: [10, 16, 0, 0],
    cursor: { y: false, points: { show: false }, drag: { x: true, y: false, setScale: false } },
    legend: { live: true },
    scales: { x: { time: true, range: (_, low) => [low, low + data.count * data.step] }, y: { range: (_, low, high) => [0, Math.max(4, high * 1.08)] } },
    axes: axes(),
    series: [
      { value: (_, at) => at == null ? "whole period" : `${days.format(new Date(at * 1000))}, ${hours.format(new Date(at * 1000))}` },
      ...order.map(i => {
        const series = data.series[i];
        const ink = colour(series.colour);
        return {
          label: series.name,
          stroke: ink,
          fill: ink,
          width: 0,
          paths: bars,
          points: { show: false },
          value: (_, value, __, at) => number(at == null ? series.values.reduce((sum, one) => sum + one, 0) : series.values[at]),
        };
      }),
    ],
    hooks: {
      // A stretch that is marked becomes the period.
      setSelect: [chart => {
        if (chart.select.width > 8) {
          const from = Math.floor(chart.posToVal(chart.select.left, "x"));
          const to = Math.ceil(chart.posToVal(chart.select.left + chart.select.width, "x"));
          location.assign(`/dashboard?from=${new Date(from * 1000).toISOString()}&to=${new Date(to * 1000).toISOString()}`);
        }
      }],
    },
  }, [x, ...order.map(i => sums[i])], place);
  let down = 0;
  plot.over.addEventListener("mousedown", event => { down = event.clientX; });
  plot.over.addEventListener("click", event => {
    const at = plot.cursor.idx;
    if (Math.abs(event.clientX - down) < 5 && at != null) {
      const moment = step => new Date((data.start + step * data.step) * 1000).toISOString();
      location.assign(`/dashboard/events?${data.filter ? data.filter + "&" : ""}start_date=${moment(at)}&end_date=${moment(at + 1)}`);
    }
  });
  return plot;
}

function drawAll() {
  for (const { plot } of plots) {
    plot.destroy();
  }
  plots = [...document.querySelectorAll("[data-chart]")].map(place => {
    place.replaceChildren();
    return { place, plot: draw(place, JSON.parse(place.dataset.chart)) };
  });
}

drawAll();
document.addEventListener("themechange", drawAll);
new ResizeObserver(() => {
  for (const { place, plot } of plots) {
    const width = Math.max(260, place.clientWidth);
    if (Math.abs(plot.width - width) > 1) {
      plot.setSize({ width, height: 220 });
    }
  }
}).observe(document.querySelector("main"));

const stale = document.querySelector("[data-stale]");
let since = new Date();
async function refresh() {
  if (!isAttended() || document.querySelector("[data-figures] details[open], .custom[open]")) {
    return;
  }
  try {
    const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
    if (answer.redirected) {
      location.reload();
      return;
    }
    if (!answer.ok) {
      throw new Error(String(answer.status));
    }
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = page.querySelector("[data-figures]");
    const present = document.querySelector("[data-figures]");
    if (fresh && present) {
      const focused = present.contains(document.activeElement);
      if (!focused) {
        present.replaceWith(document.adoptNode(fresh));
        localize(fresh);
        drawAll();
      }
    }
    since = new Date();
    stale.hidden = true;
  } catch {
    stale.textContent = `These figures are of ${since.toLocaleTimeString()}: the gateway does not answer. Trying again.`;
    stale.hidden = false;
  }
}
if (document.querySelector("[data-figures]")?.dataset.figures === "running") {
  setInterval(refresh, refreshEvery);
}
