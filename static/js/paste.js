// Text pasted from a word processor: its paragraphs and lists are kept as Markdown, the rest is dropped.
// Where the clipboard holds plain text only, or was filled by a code editor, nothing is touched.

const DROPPED = new Set(["STYLE", "SCRIPT", "HEAD", "TITLE", "META", "LINK", "IMG", "SVG", "VIDEO", "OBJECT", "TEMPLATE", "O:P"]);
const BLOCK = /^(P|DIV|H[1-6]|BLOCKQUOTE|PRE|TABLE|TBODY|THEAD|TR|TD|TH|UL|OL|LI|DL|DT|DD|SECTION|ARTICLE|HR|FIGURE)$/;
const WORD_LIST = /mso-list:\s*l\d+\s+level(\d+)/i; // Word writes its lists as paragraphs with a style

class Reader {
  constructor() {
    this.blocks = []; // {text, depth, ordered}; depth 0 is a paragraph
    this.text = "";
    this.item = null; // the list item that is open
  }

  flush() {
    const text = this.text.replace(/[ \t\u00a0]+/g, " ").replace(/ ?\n ?/g, "\n").trim();
    this.text = "";
    if (!text) return;
    const last = this.blocks.at(-1);
    if (this.item && last?.item === this.item) last.text += ` ${escaped(text)}`; // a second paragraph of one item
    else this.blocks.push({ text: escaped(text), item: this.item, depth: this.item?.depth ?? 0, ordered: this.item?.ordered });
  }

  read(node, depth = 0, ordered = false) {
    for (const child of node.childNodes) {
      if (child.nodeType === Node.TEXT_NODE) this.text += child.data.replace(/\s+/g, " ");
      else if (child.nodeType === Node.ELEMENT_NODE) this.element(child, depth, ordered);
    }
  }

  element(element, depth, ordered) {
    const name = element.tagName;
    if (DROPPED.has(name)) return;
    if (name === "BR") this.text += "\n";
    else if (name === "UL" || name === "OL") this.list(element, depth + 1, name === "OL");
    else if (name === "LI") this.within({ depth: Math.max(depth, 1), ordered }, element, depth, ordered);
    else if (WORD_LIST.test(element.dataset.style ?? "")) this.wordItem(element);
    else if (BLOCK.test(name)) this.block(element, depth, ordered);
    else this.read(element, depth, ordered);
  }

  block(element, depth, ordered) {
    this.flush();
    this.read(element, depth, ordered);
    this.flush();
  }

  list(element, depth, ordered) {
    this.flush();
    const outer = this.item;
    this.read(element, depth, ordered);
    this.flush();
    this.item = outer;
  }

  within(item, element, depth, ordered) {
    this.flush();
    const outer = this.item;
    this.item = item;
    this.read(element, depth, ordered);
    this.flush();
    this.item = outer;
  }

  wordItem(paragraph) {
    const depth = Number(WORD_LIST.exec(paragraph.dataset.style)[1]);
    let marker = "";
    for (const mark of paragraph.querySelectorAll("[data-style*='mso-list']")) {
      marker += mark.textContent;
      mark.remove();
    }
    const ordered = /^\s*[\da-z]{1,3}[.)]/i.test(marker);
    this.within({ depth, ordered }, paragraph, 0, false);
  }
}

// Signs that Markdown would take for its own.
function escaped(text) {
  return text
    .replace(/[\\*_`]/g, "\\$&")
    .replace(/<(?=[a-z/!?])/gi, "\\<")
    .replace(/^(\s*)(#{1,6} |[-+>])/gm, "$1\\$2")
    .replace(/^(\s*\d{1,9})([.)] )/gm, "$1\\$2");
}

function written(blocks) {
  let markdown = "";
  let before = null;
  const numbers = [];
  for (const block of blocks) {
    if (before) markdown += before.depth && block.depth ? "\n" : "\n\n";
    if (!block.depth) numbers.length = 0;
    else markdown += marker(block, numbers);
    markdown += block.text;
    before = block;
  }
  return markdown;
}

// Each level is indented by the width of the markers above it.
function marker({ depth, ordered }, numbers) {
  numbers.length = Math.min(numbers.length, depth);
  while (numbers.length < depth) numbers.push({ count: 0, width: 2, ordered });
  const own = numbers[depth - 1];
  own.count = own.ordered === ordered ? own.count + 1 : 1; // another kind of list begins anew
  own.ordered = ordered;
  const sign = ordered ? `${own.count}. ` : "- ";
  own.width = sign.length;
  return " ".repeat(numbers.slice(0, depth - 1).reduce((sum, level) => sum + level.width, 0)) + sign;
}

// Styles are never applied, and handlers never called: of Word's lists the styles tell, under a name of their own.
function inert(html) {
  const rest = html.replace(/<style[\s\S]*?<\/style>/gi, "");
  return rest.replace(/<[a-z][^>]*>/gi, (tag) => tag.replace(/\s(style|on\w+)\s*=/gi, " data-$1="));
}

export function asMarkdown(html) {
  const page = new DOMParser().parseFromString(inert(html), "text/html"); // inert: nothing runs or is fetched
  const reader = new Reader();
  reader.read(page.body);
  reader.flush();
  return written(reader.blocks);
}

export function pasted(event) {
  const area = event.target.closest?.("textarea[data-paste]");
  const types = [...(event.clipboardData?.types ?? [])];
  if (!area || !types.includes("text/html") || types.includes("vscode-editor-data")) return;
  const html = event.clipboardData.getData("text/html");
  if (!/<(p|li|h[1-6]|div|br|tr)[\s>/]/i.test(html)) return; // a few words out of a line
  const markdown = asMarkdown(html);
  if (!markdown) return;
  event.preventDefault();
  // Kept in the browser's own history of changes, so that Ctrl+Z takes it back.
  if (!document.execCommand("insertText", false, markdown)) {
    area.setRangeText(markdown, area.selectionStart, area.selectionEnd, "end");
    area.dispatchEvent(new Event("input", { bubbles: true }));
  }
}
