"use strict";
addEventListener("DOMContentLoaded", async () => {
  const { root, submission } = document.body.dataset;
  const grades = {}, comments = {};  // what the gradebook has, by the name of the cell
  const fields = document.querySelectorAll(".score, .comment");

  const say = (words, wrong = false) => {
    const said = document.getElementById("said");
    said.textContent = words;
    said.classList.toggle("wrong", wrong);
  };

  async function asked(path, change) {
    const token = document.cookie.match(/\b_xsrf=([^;]*)/)?.[1] ?? "";
    const answer = await fetch(`${root}/api/${path}`, change && {
      method: "PUT", headers: { "X-CSRFToken": token, "Content-Type": "application/json" },
      body: JSON.stringify(change) }).catch(() => { throw new Error("Jupyter does not answer"); });
    if (!answer.ok)
      throw new Error(answer.status == 403 ? "Jupyter no longer knows you: open it again"
        : `Jupyter answers ${answer.status}`);
    return answer.json();
  }

  const named = (name) => document.getElementById(name);
  const isChanged = (field) => !field.disabled && (field.value != field.dataset.saved || field.validity.badInput);

  function showGrade(grade) {
    const field = named(grade.name), state = named(`${grade.name}-state`);
    if (!field) return;
    field.value = field.dataset.saved = grade.manual_score ?? "";
    field.placeholder = grade.auto_score ?? "";
    field.disabled = false;
    field.classList.toggle("waits", grade.needs_manual_grade);
    const isOld = grade.needs_manual_grade && grade.manual_score !== null;
    field.parentElement.querySelector(".confirm").hidden = !isOld;
    state.classList.remove("wrong");
    state.textContent = isOld ? "These points were given before, and what they are for has changed since."
      : grade.needs_manual_grade ? "Not marked yet." : grade.manual_score !== null ? "Marked."
      : `${grade.auto_score ?? 0} points without a person; a number here replaces them.`;
  }

  function showComment(comment) {
    const field = named(`${comment.name}-comment`);
    if (!field) return;
    field.value = field.dataset.saved = comment.manual_comment ?? "";
    field.placeholder = comment.auto_comment ?? "";
    field.disabled = false;
  }

  /** Why a number can't be entered; empty if it can. */
  function wrong(field) {
    const given = Number(field.value);
    return field.validity.badInput || given < 0 || given > field.max
      ? `Not saved: points are a number from 0 to ${Number(field.max)}.` : "";
  }

  async function keepPoints(field) {
    const reason = wrong(field), grade = grades[field.id];
    if (reason) {
      named(`${field.id}-state`).textContent = reason;
      named(`${field.id}-state`).classList.add("wrong");
      field.focus();
      throw new Error(reason);
    }
    const score = field.value === "" ? null : Number(field.value);
    grades[field.id] = await asked(`grade/${grade.id}`, { manual_score: score, extra_credit: grade.extra_credit });
    showGrade(grades[field.id]);
  }

  async function keepComment(field) {
    const name = field.id.replace(/-comment$/, ""), words = field.value;
    comments[name] = await asked(`comment/${comments[name].id}`, { manual_comment: words || null });
    field.dataset.saved = words;
  }

  /** Saves what has changed, one after the other; whether all of it is saved. */
  let saving = Promise.resolve(true);
  const save = () => saving = saving.then(async () => {
    try {
      for (const field of fields)
        if (isChanged(field)) {
          await (field.matches(".score") ? keepPoints(field) : keepComment(field));
          say("Saved.");
        }
      return true;
    } catch (error) {
      say(error.message.startsWith("Not saved") ? error.message : `Not saved: ${error.message}. Try again.`, true);
      return false;
    }
  });

  async function go(link) {
    if (await save()) location.assign(link.href);
  }

  /** To the next points that wait on this page, else to the next submission that waits. */
  async function on() {
    const points = [...document.querySelectorAll(".essay .score")];
    const here = points.indexOf(document.activeElement.closest(".essay")?.querySelector(".score"));
    if (!await save()) return;
    const open = points.find((field, place) => place > here && field.matches(".waits"));
    open ? open.focus() : location.assign(named("waiting").href);
  }

  for (const field of fields)
    field.addEventListener("change", save);
  for (const link of document.querySelectorAll(".go"))
    link.addEventListener("click", (event) => { event.preventDefault(); go(link); });
  named("notebook").addEventListener("click", (event) => {
    if (window == top) return;
    event.preventDefault();  // in JupyterLab's frame no window can be opened, and nbgrader there listens for this
    const path = event.target.dataset.path;
    parent.postMessage(JSON.stringify({ command: "docmanager:open", arguments: { path } }), location.origin);
  });
  addEventListener("beforeunload", (event) => { if ([...fields].some(isChanged)) event.preventDefault(); });
  addEventListener("keydown", (event) => {
    if (event.key == "Enter" && (event.ctrlKey || event.target.matches(".score"))) {
      event.preventDefault();
      on();
    } else if (event.ctrlKey && (event.key == "." || event.key == ",")) {
      event.preventDefault();
      go(named(event.key == "." ? "next" : "previous"));
    }
  });
  for (const button of document.querySelectorAll(".confirm"))
    button.addEventListener("click", () => { delete named(button.dataset.name).dataset.saved; save(); });

  function offer(name, words) {
    const bank = document.querySelector(`.bank[data-name="${CSS.escape(name)}"]`), field = named(`${name}-comment`);
    if (!bank) return;
    bank.hidden = false;
    const button = bank.appendChild(document.createElement("button"));
    button.type = "button";
    button.textContent = words;
    button.addEventListener("click", () => {
      field.value = [field.value.trimEnd(), words].filter(Boolean).join("\n");
      field.focus();
      save();
    });
  }

  try {
    const known = await asked(`essays/${submission}`);
    for (const grade of known.grades) showGrade(grades[grade.name] = grade);
    for (const comment of known.comments) showComment(comments[comment.name] = comment);
    for (const [name, used] of Object.entries(known.bank)) used.forEach((words) => offer(name, words));
    named("waiting").textContent += known.others ? ` (${known.others})` : ": none, back to the list";
    (document.querySelector(".essay .score.waits") ?? document.querySelector(".essay .score"))?.focus();
    document.body.dataset.loaded = "yes";
  } catch (error) {
    say(`The gradebook can't be read: ${error.message}. Load the page again.`, true);
  }
});
