// The playground: scans on request, draws the answer. The text stays in this page; positions come from the answer.
import { call, clearProblems, showProblem, toast } from "./call.js";

const MaxCharacters = 100000;
const root = document.querySelector("[data-playground]");

const layerNames = {
  base64: "Base64", base32: "Base32", hex: "hexadecimal", percent: "percent-encoding", html_entities: "HTML references", escapes: "backslash escapes",
  quoted_printable: "quoted-printable", rot13: "ROT13", caesar: "a letter shift", morse: "Morse code", binary: "binary digits", character_codes: "character codes",
  reversed: "reversed text", symbol_letters: "decorated letters", gzip: "compression", unicode_tags: "invisible tag characters", variation_selectors: "variation selectors",
  invisible_characters: "invisible characters", confusables: "look-alike letters", leetspeak: "digits for letters", spaced_letters: "spaced letters",
};

// As the list of events calls them.
const categoryName = category => category === "rag_injection" ? "injection in content" : category.replaceAll("_", " ");

if (root) {
  const form = root.querySelector("[data-playground-form]");
  const text = form.elements.input;
  const part = name => root.querySelector(`[data-${name}]`);
  let scanned = "";
  let answer = null;

  const count = () => {
    const characters = [...text.value].length;
    part("count").textContent = characters.toLocaleString();
    part("count").classList.toggle("problem", characters > MaxCharacters);
  };
  text.addEventListener("input", count);
  count();

  form.addEventListener("submit", async event => {
    event.preventDefault();
    clearProblems(form);
    const button = form.querySelector("[type=submit]");
    button.disabled = true;
    part("result").setAttribute("aria-busy", "true");
    const input = text.value;
    try {
      const began = performance.now();
      answer = await call("POST", "/api/v1/playground", { input, context: form.elements.context.value });
      answer.round_trip = performance.now() - began;
      scanned = input;
      draw();
      // On a phone it stands below the text.
      part("result").scrollIntoView({ block: "nearest" });
    } catch (refusal) {
      showProblem(form, refusal);
    }
    part("result").removeAttribute("aria-busy");
    button.disabled = false;
  });

  text.addEventListener("keydown", event => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      form.requestSubmit();
    }
  });

  part("clear").addEventListener("click", () => {
    text.value = "";
    scanned = "";
    answer = null;
    count();
    clearProblems(form);
    part("answer").hidden = true;
    part("empty").hidden = false;
    part("marked").replaceChildren();
    text.focus();
  });

  for (const example of root.querySelectorAll("[data-example]")) {
    example.addEventListener("click", () => {
      text.value = example.dataset.example;
      form.elements.context.value = example.dataset.exampleContext;
      count();
      form.requestSubmit();
    });
  }

  async function take(file) {
    clearProblems(form);
    if (file.size > 4 * MaxCharacters) {
      showProblem(form, { param: "input", message: "The file is larger than 100,000 characters." });
      return;
    }
    const content = await file.text();
    if (content.includes("\0") || content.includes("\uFFFD")) {
      showProblem(form, { param: "input", message: "This is no text in UTF-8. Give the text of a document rather than the document." });
      return;
    }
    text.value = content;
    count();
    toast(`${file.name} is read. Scan it when you like.`);
  }

  document.getElementById("playground-file").addEventListener("change", event => {
    const [file] = event.target.files;
    if (file) {
      take(file);
    }
    event.target.value = "";
  });

  const drop = part("drop");
  for (const kind of ["dragenter", "dragover"]) {
    drop.addEventListener(kind, event => {
      if (event.dataTransfer.types.includes("Files")) {
        event.preventDefault();
        drop.classList.add("over");
      }
    });
  }
  for (const kind of ["dragleave", "drop"]) {
    drop.addEventListener(kind, () => drop.classList.remove("over"));
  }
  drop.addEventListener("drop", event => {
    const [file] = event.dataTransfer.files;
    if (file) {
      event.preventDefault();
      take(file);
    }
  });

  for (const radio of root.querySelectorAll("[name=level]")) {
    radio.addEventListener("change", draw);
  }

  function draw() {
    if (!answer) {
      return;
    }
    const chosen = root.querySelector("[name=level]:checked").value;
    const level = answer.levels.find(candidate => candidate.sensitivity === chosen);
    for (const { sensitivity, safe } of answer.levels) {
      const word = root.querySelector(`[data-level-verdict=${sensitivity}]`);
      word.textContent = safe ? "safe" : "attack";
      word.className = safe ? "badge good" : "badge bad";
    }
    const threats = answer.threats.filter(threat => threat.score >= level.threshold);
    part("empty").hidden = true;
    part("answer").hidden = false;
    const verdict = root.querySelector("p[data-verdict]");
    verdict.textContent = level.safe ? "Safe" : "Attack";
    verdict.className = level.safe ? "big good" : "big bad";
    const account = root.dataset.defaultSensitivity;
    const isSafe = answer.levels.find(candidate => candidate.sensitivity === account).safe;
    part("proxy-would").textContent = isSafe
      ? `As your account is set (${account}), the proxy would let it pass.`
      : `As your account is set (${account}), the proxy would ${root.dataset.defaultAction === "block" ? "refuse it" : "let it pass with a warning"}.`;
    part("score").textContent = `${answer.injection} of 100; an attack from ${level.threshold} on`;
    part("time").textContent = `${answer.inference_ms} ms detection, ${answer.round_trip.toFixed(0)} ms with the way here`;
    part("coverage").textContent = `${answer.coverage.scanned_chars.toLocaleString()} of ${answer.coverage.total_chars.toLocaleString()} characters`;
    part("request").textContent = answer.request_id;
    part("meter").setAttribute("aria-label", `Score ${answer.injection}, threshold ${level.threshold}`);
    part("meter-bar").setAttribute("width", answer.injection);
    part("meter-bar").setAttribute("class", level.safe ? "score safe" : "score");
    part("meter-mark").setAttribute("x", level.threshold);
    list(threats);
    mark(threats);
  }

  function list(threats) {
    const items = threats.map((threat, i) => {
      const item = document.createElement("li");
      item.dataset.threat = threat.category;
      const name = document.createElement("strong");
      name.textContent = categoryName(threat.category);
      const rest = document.createElement("span");
      rest.textContent = ` ${threat.score} · characters ${threat.start} to ${threat.end}`;
      item.append(name, rest);
      if (threat.encoding) {
        const layers = document.createElement("div");
        layers.className = "layers";
        layers.append("Undone to read it: ");
        threat.encoding.split("+").forEach(layer => {
          const chip = document.createElement("span");
          chip.className = "badge";
          chip.dataset.layer = layer;
          chip.textContent = layerNames[layer] ?? layer;
          layers.append(chip, " ");
        });
        item.append(layers);
      }
      return item;
    });
    if (items.length === 0) {
      const none = document.createElement("li");
      none.className = "none";
      none.textContent = "Nothing at this sensitivity.";
      items.push(none);
    }
    part("threats").replaceChildren(...items);
  }

  // Marks what any of the threats covers; places that overlap are marked once, under the most severe.
  function mark(threats) {
    const characters = [...scanned];
    const edges = [...new Set([0, characters.length, ...threats.flatMap(threat => [threat.start, threat.end])])].sort((a, b) => a - b);
    const pieces = [];
    for (let i = 0; i + 1 < edges.length; i++) {
      const [start, end] = [edges[i], edges[i + 1]];
      const piece = visible(characters.slice(start, end));
      const threat = threats.find(candidate => candidate.start <= start && candidate.end >= end);
      if (threat) {
        const marked = document.createElement("mark");
        marked.textContent = piece;
        marked.title = `${categoryName(threat.category)}, ${threat.score}`;
        pieces.push(marked);
      } else {
        pieces.push(document.createTextNode(piece));
      }
    }
    part("marked").replaceChildren(...pieces);
  }

  // What a reader could not see stands as a sign.
  function visible(characters) {
    return characters.map(character => {
      const code = character.codePointAt(0);
      const isHidden = (code >= 0xE0000 && code <= 0xE0FFF) || (code >= 0x200B && code <= 0x200F) || (code >= 0x202A && code <= 0x202E) || (code >= 0x2060 && code <= 0x206F)
        || (code >= 0xFE00 && code <= 0xFE0F) || code === 0xFEFF || code === 0xAD;
      return isHidden ? "␣" : character;
    }).join("");
  }
}
