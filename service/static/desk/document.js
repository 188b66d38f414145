// A document: the evidence of the theme that is pointed to, and where the reader is in the outline.
const PARTS = "a[href^='#p']";

function paint(article) {
  const pointed = article.querySelector(".chip.pointed");
  const chips = pointed ? [pointed] : [...article.querySelectorAll(".chip[aria-pressed='true']")];
  for (const words of article.querySelectorAll(".ev")) {
    words.className = "ev";
    const chip = chips.find((one) => words.dataset.t.split(" ").includes(one.dataset.t));
    if (chip) words.classList.add("lit", [...chip.classList].find((name) => name.startsWith("hue-")));
  }
}

function point(event, on) {
  const chip = event.target.closest?.(".chip");
  const article = chip?.closest(".piece");
  if (!article) return;
  // Leaving with the mouse does not put out what has the focus, nor the other way round.
  for (const other of article.querySelectorAll(".pointed")) other.classList.remove("pointed");
  const kept = on ? chip : [...article.querySelectorAll(".chip")].find((one) => one.matches(":hover, :focus-visible") && one !== chip);
  kept?.classList.add("pointed");
  paint(article);
}

document.addEventListener("mouseover", (event) => point(event, true));
document.addEventListener("mouseout", (event) => point(event, false));
document.addEventListener("focusin", (event) => point(event, true));
document.addEventListener("focusout", (event) => point(event, false));
document.addEventListener("click", (event) => {
  const chip = event.target.closest?.(".chip");
  if (!chip) return;
  chip.setAttribute("aria-pressed", String(chip.getAttribute("aria-pressed") !== "true"));
  paint(chip.closest(".piece"));
});

let watching = null;
function watch() {
  watching?.disconnect();
  const links = new Map([...document.querySelectorAll(`.outline ${PARTS}`)].map((link) => [link.hash.slice(1), link]));
  watching = new IntersectionObserver((entries) => {
    for (const entry of entries) {
      if (!entry.isIntersecting) continue;
      for (const link of links.values()) link.classList.remove("here");
      links.get(entry.target.id)?.classList.add("here");
    }
  }, { rootMargin: "-10% 0px -75% 0px" });
  for (const id of links.keys()) {
    const target = document.getElementById(id);
    if (target) watching.observe(target);
  }
}

// On a small screen outline and filter take the place of the text: closed until asked for.
function fold() {
  if (!matchMedia("(max-width: 899px)").matches) return;
  for (const details of document.querySelectorAll(".outline > details, .filter > details")) details.open = false;
}

document.addEventListener("htmx:afterSettle", () => {
  const place = document.getElementById("document");
  if (place && place.getBoundingClientRect().top < 0) place.scrollIntoView({ behavior: "instant" });
  fold();
  watch();
});
fold();
watch();
