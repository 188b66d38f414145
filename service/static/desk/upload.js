// Files sent one by one, each with its progress, in the order they were dropped; a text sent as one more of them.
import { detailOf, say } from "./desk.js";
import { recent, remember, when } from "./recent.js";

const AT_ONCE = 2;
const ADVICE = {
  0: "连接中断。请检查网络,确认服务还在运行,然后点“重试”。",
  413: "请拆成几份,或把扫描图片较多的文件另存为只含文字的文档后再上传。",
  503: "请稍等片刻,然后点“重试”;若一直如此,请联系管理员。",
};

const form = document.getElementById("send");
const list = document.getElementById("files");
const waiting = [];
const finished = [];
let under = 0;

function entry(name) {
  const item = document.createElement("li");
  const label = document.createElement("bdi");
  const progress = document.createElement("progress");
  const state = document.createElement("span");
  label.textContent = name;
  progress.max = 1;
  progress.value = 0;
  progress.setAttribute("aria-label", `${name} 的上传进度`);
  state.className = "state";
  state.textContent = "等待中";
  item.append(label, progress, state);
  list.append(item);
  return item;
}

function tell(item, text, kind = "") {
  item.className = kind;
  item.querySelector(".state").textContent = text;
}

function add(name, body, single) {
  document.getElementById("sent").hidden = false;
  const job = { name, body, single, item: entry(name), place: finished.push(null) - 1 };
  const limit = Number(form.dataset.limit);
  if (body instanceof File && body.size > limit) {
    const size = (one) => `${Math.round(one / 100_000) / 10} MB`;
    fail(job, `文件有 ${size(body.size)},超过上限 ${size(limit)}。${ADVICE[413]}`, false);
    return;
  }
  waiting.push(job);
}

function next() {
  while (under < AT_ONCE && waiting.length) send(waiting.shift());
  if (!under && !waiting.length) allDone();
}

function send(job) {
  under += 1;
  const data = new FormData();
  if (job.body instanceof File) data.append("file", job.body, job.body.name); else data.append("text", job.body);
  const request = new XMLHttpRequest();
  const progress = job.item.querySelector("progress");
  progress.hidden = false;
  tell(job.item, "上传中");
  request.upload.addEventListener("progress", (event) => {
    progress.value = event.total ? event.loaded / event.total : 0;
    tell(job.item, `上传中 ${Math.round(100 * progress.value)}%`);
  });
  request.upload.addEventListener("load", () => { progress.removeAttribute("value"); tell(job.item, "已上传,正在阅读和打标…"); });
  request.addEventListener("loadend", () => {
    under -= 1;
    if (request.status === 200) succeed(job, JSON.parse(request.responseText)); else refuse(job, request);
    next();
  });
  request.open("POST", form.action);
  request.setRequestHeader("Accept", "application/json");
  request.send(data);
}

function refuse(job, request) {
  const told = request.status ? detailOf(request.responseText, "服务没有说明原因") : "";
  const again = request.status === 0 || request.status >= 500;
  fail(job, [told, ADVICE[request.status] ?? ""].filter(Boolean).join(" "), again);
}

function fail(job, text, again) {
  job.item.querySelector("progress").hidden = true;
  tell(job.item, `没有成功:${text}`, "failed");
  if (!again) return;
  const button = document.createElement("button");
  button.type = "button";
  button.className = "button";
  button.textContent = "重试";
  button.addEventListener("click", () => { button.remove(); waiting.push(job); next(); });
  job.item.append(button);
}

function succeed(job, told) {
  job.item.querySelector("progress").hidden = true;
  remember(told.id, told.name, told.until - 24 * 3600);
  finished[job.place] = told;
  const several = told.documents > 1 ? `${told.documents} 份文件,` : "";
  const failed = told.problems.length ? `,另有 ${told.problems.length} 份没能读取` : "";
  tell(job.item, `完成:${several}${told.sections} 段${failed} `, "done");
  const link = document.createElement("a");
  link.href = told.url;
  link.textContent = "查看结果";
  link.setAttribute("aria-label", `查看 ${told.name} 的结果`);
  job.item.querySelector(".state").append(link);
}

function allDone() {
  const good = finished.filter(Boolean);
  if (finished.length === 1 && good.length === 1) {
    location.assign(good[0].url);
    return;
  }
  document.getElementById("sent-title").textContent = `处理完毕:${good.length} 份成功,${finished.length - good.length} 份没有成功`;
  say(document.getElementById("sent-title").textContent);
  const together = document.getElementById("together");
  together.hidden = good.length < 2;
  together.href = `${document.body.dataset.root}/desk/compare?${good.map((one) => `r=${one.id}`).join("&")}`;
}

function take(files, folders = 0) {
  if (folders) say("不能直接放入文件夹:请打开文件夹,选中其中的文件,或把它压缩成 .zip");
  if (!files.length) return;
  document.getElementById("sent-title").textContent = "正在处理";
  for (const file of files) add(file.name, file);
  next();
}

form.querySelector("#file").addEventListener("change", (event) => {
  take([...event.target.files]);
  event.target.value = "";
});
form.addEventListener("submit", (event) => {
  event.preventDefault();
  const text = form.querySelector("#text");
  if (!text.value.trim()) {
    say("请先粘贴要打标的文字,或选择文件");
    text.focus();
    return;
  }
  add("粘贴的文本", text.value);
  next();
});

const drop = document.getElementById("drop");
const carries = (event) => event.dataTransfer?.types.includes("Files");
document.addEventListener("dragover", (event) => { if (carries(event)) { event.preventDefault(); drop.classList.add("over"); } });
document.addEventListener("dragleave", (event) => { if (!event.relatedTarget) drop.classList.remove("over"); });
document.addEventListener("drop", (event) => {
  if (!carries(event)) return;
  event.preventDefault();
  drop.classList.remove("over");
  const items = [...event.dataTransfer.items].filter((one) => one.kind === "file");
  const folders = items.filter((one) => one.webkitGetAsEntry?.()?.isDirectory);
  take(items.filter((one) => !folders.includes(one)).map((one) => one.getAsFile()), folders.length);
});

const known = recent();
if (known.length) {
  const section = document.getElementById("recent");
  section.hidden = false;
  for (const one of known) {
    const item = document.createElement("li");
    const link = document.createElement("a");
    link.href = `${document.body.dataset.root}/desk/results/${one.id}`;
    link.textContent = one.name;
    link.dir = "auto";
    item.append(link, " ", when(one.made));
    section.querySelector("ul").append(item);
  }
}
