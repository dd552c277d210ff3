// One SVG sprite of the Lucide icons that templates and Python name, beside the marks that are our own.
// Named means: <c-icon name="send">, icon="send" on any tag, or a string in a Python file that speaks of icons.
import { access, readFile, readdir, writeFile } from "node:fs/promises"
import path from "node:path"

const IN_TEMPLATES = [/<c-icon\b[^>]*?\sname="([^"]*)"/gs, /\sicon="([^"]*)"/g]
const WORDS = /[a-z][a-z0-9]*(?:-[a-z0-9]+)*/g
const IN_PYTHON = /["']([a-z][a-z0-9]*(?:-[a-z0-9]+)*)["']/g

export async function buildSprite({ root, ui, modules, dist }) {
  const own = await readFile(path.join(ui, "build/own-marks.svg"), "utf8")
  const [must, may] = await namedIcons(path.join(root, "tradewind"))
  const icons = path.join(modules, "lucide-static/icons")
  const missing = []
  const symbols = []
  for (const name of [...new Set([...must, ...may])].sort()) {
    const file = path.join(icons, `${name}.svg`)
    if (await exists(file)) symbols.push(symbol(name, await readFile(file, "utf8")))
    else if (must.has(name)) missing.push(name)
  }
  if (missing.length) throw new Error(`Lucide has no icon of these names: ${missing.join(", ")}`)
  await writeFile(path.join(dist, "sprite.svg"), `<svg xmlns="http://www.w3.org/2000/svg">\n${own}${symbols.join("\n")}\n</svg>\n`)
}

/* Two sets: names that must exist, and words that may be names (inside {% if %} and in Python). */
async function namedIcons(folder) {
  const must = new Set()
  const may = new Set()
  for (const file of await sources(folder)) {
    const text = await readFile(file, "utf8")
    if (file.endsWith(".html")) readTemplate(text, must, may)
    else readPython(text, may)
  }
  return [must, may]
}

function readTemplate(text, must, may) {
  for (const pattern of IN_TEMPLATES) {
    for (const [, value] of text.matchAll(pattern)) {
      if (/^[a-z0-9-]+$/.test(value)) must.add(value)
      else for (const [word] of value.matchAll(WORDS)) may.add(word)
    }
  }
}

function readPython(text, may) {
  if (/icon/i.test(text)) for (const [, name] of text.matchAll(IN_PYTHON)) may.add(name)
}

async function sources(folder) {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  return entries
    .filter((entry) => entry.isFile() && /\.(html|py)$/.test(entry.name))
    .map((entry) => path.join(entry.parentPath ?? entry.path, entry.name))
    .filter((file) => !file.includes(`${path.sep}dist${path.sep}`))
}

function symbol(name, svg) {
  const inner = svg.replace(/<!--.*?-->/gs, "").replace(/<svg[^>]*>|<\/svg>/g, "").replace(/\s+/g, " ").trim()
  return `<symbol id="${name}" viewBox="0 0 24 24">${inner}</symbol>`
}

const exists = (file) => access(file).then(() => true, () => false)
