// Choosing a passage: by arrow keys from sentence to sentence, or by selecting words. Without script, by sentence numbers.
"use strict";

const text = document.querySelector("[data-coding]");
const form = document.getElementById("code-form");
const sentences = [...text.querySelectorAll(".sentence")];
const fields = Object.fromEntries(["start", "end", "first", "last"].map((name) => [name, form.elements[name]]));
const chosen = document.getElementById("chosen");
let anchor = 0;
let focus = 0;

function mark(from, to) {
  sentences.forEach((each, place) => each.classList.toggle("chosen", place >= from && place <= to));
  fields.start.value = fields.end.value = "";
  fields.first.value = sentences[from].dataset.number;
  fields.last.value = sentences[to].dataset.number;
  chosen.textContent = "";
}

function go(place, extend) {
  focus = Math.max(0, Math.min(sentences.length - 1, place));
  if (!extend) anchor = focus;
  for (const each of sentences) each.tabIndex = -1;
  sentences[focus].tabIndex = 0;
  sentences[focus].focus();
  mark(Math.min(anchor, focus), Math.max(anchor, focus));
}

text.addEventListener("keydown", (event) => {
  const steps = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 };
  if (event.key in steps) go(focus + steps[event.key], event.shiftKey);
  else if (event.key === "Home") go(0, event.shiftKey);
  else if (event.key === "End") go(sentences.length - 1, event.shiftKey);
  else if (event.key === "Enter" || event.key === " ") {
    mark(Math.min(anchor, focus), Math.max(anchor, focus));
    document.getElementById("code").focus();
  } else return;
  event.preventDefault();
});

// Positions count characters as the server does, not the halves of which a browser makes some of them.
function position(node, offset) {
  const piece = (node.nodeType === Node.TEXT_NODE ? node.parentElement : node).closest("[data-start]");
  if (!piece || node.nodeType !== Node.TEXT_NODE) return null;
  return Number(piece.dataset.start) + [...node.data.slice(0, offset)].length;
}

text.addEventListener("mouseup", () => {
  const selection = document.getSelection();
  if (selection.isCollapsed || !selection.rangeCount) {
    const here = selection.anchorNode && selection.anchorNode.parentElement.closest(".sentence");
    if (here) go(sentences.indexOf(here), false);
    return;
  }
  const range = selection.getRangeAt(0);
  const start = position(range.startContainer, range.startOffset);
  const end = position(range.endContainer, range.endOffset);
  if (start === null || end === null || start >= end) return;
  for (const each of sentences) each.classList.remove("chosen");
  fields.start.value = start;
  fields.end.value = end;
  fields.first.value = fields.last.value = "";
  chosen.textContent = selection.toString().slice(0, 120);
});

for (const name of ["first", "last"]) {
  fields[name].addEventListener("input", () => {
    fields.start.value = fields.end.value = "";
    chosen.textContent = "";
  });
}
