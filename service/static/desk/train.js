// 训练: the chart of a comparison, the log that is followed to its end, and a file that is too large told before it is sent.
import { add, colour, font, rem, tooltip } from "./charts.js";

const points = (value) => `${value > 0 ? "+" : ""}${(100 * value).toFixed(1)}`;

// The change of F1 as a bar in the theme's colour, its interval as a line across; what decides nothing is pale.
function change(figure, data) {
  const rows = [...data.rows].reverse();
  const text = { color: colour("", "--ink"), fontFamily: font(), fontSize: 0.81 * rem() };
  const ink = colour("", "--ink");
  figure.style.height = `${rem() * (3.4 + 1.5 * rows.length)}px`;
  const most = Math.max(0.02, ...rows.flatMap((row) => [Math.abs(row[2]), Math.abs(row[3]), Math.abs(row[4])]));
  const bound = Math.ceil(most * 20) / 20;
  return {
    animation: false,
    grid: { left: 8, right: 52, top: 30, bottom: 8, containLabel: true },
    tooltip: tooltip((one) => {
      const row = rows[one.dataIndex];
      return `${row[0]}:${points(row[2])}(${points(row[3])} 到 ${points(row[4])})${row[5] ? ",太少,不作依据" : ""}`;
    }),
    xAxis: {
      type: "value", position: "top", min: -bound, max: bound, axisLabel: { ...text, formatter: (value) => points(value), showMinLabel: false, showMaxLabel: false },
      splitLine: { lineStyle: { color: colour("", "--line") } },
    },
    yAxis: {
      type: "category", data: rows.map((row) => row[0]), axisTick: { show: false }, axisLabel: { ...text, interval: 0 },
      axisLine: { onZero: true, lineStyle: { color: ink } }, offset: 0,
    },
    series: [{
      type: "bar", barWidth: 0.7 * rem(),
      data: rows.map((row) => ({ value: row[2], itemStyle: { color: colour(row[1], "--edge"), opacity: row[5] ? 0.35 : 0.85 } })),
      markLine: {
        silent: true, symbol: "none", label: { show: false }, lineStyle: { type: "solid", width: 1.5, color: ink, opacity: 0.9 },
        data: rows.filter((row) => row[3] !== row[4]).map((row) => [{ coord: [row[3], row[0]] }, { coord: [row[4], row[0]] }]),
      },
    }],
  };
}

function startLog() {
  const log = document.getElementById("log");
  if (!log) return;
  log.scrollTop = log.scrollHeight;
  document.addEventListener("htmx:oobAfterSwap", () => {
    // Whoever has scrolled up to read is left there.
    if (log.scrollHeight - log.scrollTop - log.clientHeight < 120) log.scrollTop = log.scrollHeight;
  });
}

function startFile() {
  const file = document.getElementById("file");
  const form = document.getElementById("write");
  if (!file || !form) return;
  const large = document.getElementById("large");
  const drop = file.parentElement;
  const limit = Number(form.dataset.limit);
  drop.classList.add("ours");
  document.getElementById("pick").hidden = false;
  const check = () => {
    const [chosen] = file.files;
    document.getElementById("chosen").textContent = chosen ? chosen.name : "或者把文件拖到这里";
    large.hidden = !chosen || chosen.size <= limit;
    large.textContent = large.hidden ? "" : `这个文件有 ${Math.ceil(chosen.size / 1e6)} MB,超过 ${Math.round(limit / 1e6)} MB;请拆成几份再导入。`;
    return large.hidden;
  };
  file.addEventListener("change", check);
  for (const [event, over] of [["dragover", true], ["dragleave", false], ["drop", false]]) {
    file.addEventListener(event, () => drop.classList.toggle("over", over));
  }
  form.addEventListener("submit", (event) => { if (!check()) { event.preventDefault(); file.focus(); } });
  document.querySelector("[aria-invalid='true']")?.focus();
}

if (window.echarts) add("change", change);
startLog();
startFile();
