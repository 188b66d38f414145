// The charts: drawn on canvas from the JSON in data-chart, in the colours of the page; drawn anew when those or the size change.
const drawn = new Map();

export function colour(name, property) {
  const sample = document.createElement("i");
  sample.className = name;
  sample.hidden = true;
  document.body.append(sample);
  // A hue's lightness differs in light and dark; the browser works it out.
  sample.style.color = `var(${property})`;
  const found = getComputedStyle(sample).color;
  sample.remove();
  return found;
}

export const rem = () => parseFloat(getComputedStyle(document.documentElement).fontSize);
export const font = () => getComputedStyle(document.body).fontFamily;

export function tooltip(formatter) {
  return {
    renderMode: "richText", confine: true, formatter, backgroundColor: colour("", "--panel"), borderColor: colour("", "--strong-line"),
    textStyle: { color: colour("", "--ink"), fontFamily: font() },
  };
}

function themes(figure, data) {
  const bars = [...data.bars].reverse();
  const text = { color: colour("", "--ink"), fontFamily: font(), fontSize: 0.81 * rem() };
  figure.style.height = `${rem() * (1.5 + 1.4 * bars.length)}px`;
  return {
    animation: false,
    grid: { left: 4, right: 40, top: 4, bottom: 4, containLabel: true },
    tooltip: tooltip((one) => `${one.name}:${one.value} 段,占 ${Math.round(100 * one.value / data.sections)}%`),
    xAxis: { type: "value", minInterval: 1, axisLabel: { show: false }, splitLine: { show: false } },
    yAxis: { type: "category", data: bars.map((bar) => bar[0]), axisTick: { show: false }, axisLine: { show: false }, axisLabel: { ...text, interval: 0 } },
    series: [{
      type: "bar", barWidth: 0.75 * rem(), label: { ...text, show: true, position: "right" },
      data: bars.map((bar) => ({ value: bar[1], theme: bar[3], itemStyle: { color: colour(bar[2], "--edge"), borderRadius: 2 } })),
    }],
  };
}

function years(figure, data) {
  const text = { color: colour("", "--ink"), fontFamily: font(), fontSize: 0.81 * rem() };
  const selected = Object.fromEntries(data.lines.map((line, at) => [line.name, at < data.shown]));
  const shapes = ["circle", "rect", "triangle", "diamond", "roundRect", "pin"];
  const dashes = ["solid", "dashed", "dotted"];
  return {
    animation: false,
    grid: { left: 12, right: 24, top: 56, bottom: 12, containLabel: true },
    legend: { type: "scroll", top: 4, selected, textStyle: text, inactiveColor: colour("", "--muted"), pageTextStyle: text, pageIconColor: colour("", "--ink") },
    tooltip: { trigger: "axis", ...tooltip() },
    xAxis: { type: "category", data: data.years, axisLabel: text, axisLine: { lineStyle: { color: colour("", "--strong-line") } } },
    yAxis: { type: "value", axisLabel: { ...text, formatter: "{value}%" }, splitLine: { lineStyle: { color: colour("", "--line") } } },
    series: data.lines.map((line, at) => ({
      type: "line", name: line.name, data: line.values, symbol: shapes[at % shapes.length], symbolSize: 8,
      lineStyle: { type: dashes[Math.floor(at / shapes.length) % dashes.length] }, color: colour(line.hue, "--edge"),
    })),
  };
}

const DRAW = { themes, years };

// A chart of a page's own: `option` is made from the figure and its data, as those above are.
export function add(name, option) {
  DRAW[name] = option;
  drawAll();
}

function draw(figure) {
  drawn.get(figure)?.dispose();
  const option = DRAW[figure.dataset.draw](figure, JSON.parse(figure.dataset.chart));
  const chart = echarts.init(figure, null, { renderer: "canvas" });
  chart.setOption(option);
  chart.on("click", (bar) => { if (bar.data?.theme) document.getElementById(`f-${bar.data.theme}`)?.click(); });
  drawn.set(figure, chart);
}

const sizes = new ResizeObserver((entries) => {
  for (const { target } of entries) drawn.get(target)?.resize();
});

function drawAll() {
  for (const [figure, chart] of drawn) {
    if (figure.isConnected) continue;
    chart.dispose();
    sizes.unobserve(figure);
    drawn.delete(figure);
  }
  for (const figure of document.querySelectorAll("[data-draw]")) {
    if (!DRAW[figure.dataset.draw]) continue;
    draw(figure);
    sizes.observe(figure);
  }
}

document.addEventListener("desk:mode", drawAll);
document.addEventListener("htmx:afterSettle", drawAll);
drawAll();
